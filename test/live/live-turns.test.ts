import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { LiveTurns, type TurnLimits } from '../../src/live/live-turns.ts';

/** Turns, and work that is named by who wants it and ends when it is told to. */
function someTurns(limits: Partial<TurnLimits> = {}) {
  const turns = new LiveTurns({
    atOnce: 2,
    atOncePerCaller: 1,
    waiting: 1000,
    waitingPerCaller: 500,
    ...limits,
  });
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const ask = (caller: string, signal = new AbortController().signal) =>
    turns.run(caller, signal, async () => {
      begun.push(caller);
      await new Promise<void>((resolve) => ends.push(resolve));
      return caller;
    });
  /** Ends what is being done, and lets what follows begin. */
  const endAll = async () => {
    for (const end of ends.splice(0)) end();
    await setImmediate();
  };
  return { turns, begun, ask, endAll };
}

describe('given one caller who asks for a hundred pieces of work', () => {
  it('when others ask for one each, then each waits for one piece at most', async () => {
    const { begun, ask, endAll } = someTurns();
    const greedy = Array.from({ length: 100 }, () => ask('greedy'));
    const others = ['a', 'b', 'c'].map((caller) => ask(caller));
    expect(begun).toEqual(['greedy', 'a']);
    await endAll();
    await endAll();
    expect(begun).toEqual(['greedy', 'a', 'greedy', 'b', 'c', 'greedy']);
    for (let round = 0; round < 100; round += 1) await endAll();
    await Promise.all([...greedy, ...others]);
    expect(begun).toHaveLength(103);
  });

  it('then no more of it is done at once than one caller may have', async () => {
    const { begun, ask } = someTurns({ atOnce: 5, atOncePerCaller: 2 });
    for (let n = 0; n < 10; n += 1) void ask('greedy');
    await setImmediate();
    expect(begun).toHaveLength(2);
  });

  it('when nobody wants it any more, then it leaves the queue at once and is never begun', async () => {
    const { begun, ask, endAll } = someTurns({ waiting: 100, waitingPerCaller: 100 });
    const first = ask('greedy');
    const hungUp = Array.from({ length: 100 }, () => new AbortController());
    const dead = hungUp.map(({ signal }) => ask('greedy', signal));
    await expect(ask('greedy')).rejects.toMatchObject({ status: 503, code: 'overloaded' });
    for (const each of hungUp) each.abort();
    expect(await Promise.all(dead)).toEqual(Array(100).fill(undefined));
    const next = ask('greedy');
    expect(await ask('greedy', AbortSignal.abort())).toBeUndefined();
    await endAll();
    await endAll();
    expect(await Promise.all([first, next])).toEqual(['greedy', 'greedy']);
    expect(begun).toHaveLength(2);
  });
});

it('work that fails passes its turn on', async () => {
  const { turns, begun, ask } = someTurns({ atOnce: 1 });
  const { signal } = new AbortController();
  const failing = turns.run('a', signal, async () => {
    throw new Error('no');
  });
  const next = ask('b');
  await expect(failing).rejects.toThrow('no');
  await setImmediate();
  expect(begun).toEqual(['b']);
  void next;
});
