import { describe, expect, it, vi } from 'vitest';
import { FairTurns } from '../../src/http/fair-turns.ts';

const LIMITS = { atOnce: 1, atOncePerClient: 1, waitingPerClient: 3, waiting: 6, longestWaitMs: 18_000 };

/** Requests whose work ends when the test says so. */
function requestsTo(turns: FairTurns) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const send = (client: string, name = client) =>
    turns.run(
      client,
      () =>
        new Promise<string>((resolve) => {
          begun.push(name);
          ends.push(() => resolve(name));
        }),
    );
  /** Ends all work, in turn. */
  const endAll = async () => {
    for (let quiet = 0; quiet < 50; quiet++) {
      if (ends.length) quiet = 0;
      ends.shift()?.();
      await Promise.resolve();
    }
  };
  return { begun, send, endAll };
}

describe('turns', () => {
  it('go from client to client, however many requests one of them sends', async () => {
    const { begun, send, endAll } = requestsTo(new FairTurns(LIMITS));
    const answers = ['flood 1', 'flood 2', 'flood 3', 'flood 4'].map((name) => send('flood', name));
    answers.push(send('honest'), send('other'));
    await endAll();
    await Promise.all(answers);
    expect(begun).toEqual(['flood 1', 'honest', 'other', 'flood 2', 'flood 3', 'flood 4']);
  });

  it('are refused to a client of whom too many requests wait, and to nobody else', async () => {
    const { send, endAll } = requestsTo(new FairTurns(LIMITS));
    const answers = [1, 2, 3, 4].map(() => send('flood'));
    await expect(send('flood')).rejects.toMatchObject({ status: 429, details: { retry_after: 5 } });
    answers.push(send('honest'));
    await endAll();
    expect(await Promise.all(answers)).toHaveLength(5);
    const again = send('flood');
    await endAll();
    expect(await again).toBe('flood');
  });

  it('are kept for clients of whom nobody waits when too many wait in all', async () => {
    const { send, endAll } = requestsTo(new FairTurns(LIMITS));
    const answers = ['a', 'a', 'a', 'b', 'b', 'b'].map((client) => send(client));
    await expect(send('a')).rejects.toMatchObject({ status: 503, details: { retry_after: 5 } });
    for (const client of ['c', 'd', 'e', 'f', 'g', 'h']) answers.push(send(client));
    await expect(send('i')).rejects.toMatchObject({ status: 503 });
    await endAll();
    expect(await Promise.all(answers)).toHaveLength(12);
  });

  it('are refused to whoever has waited too long, before the silent connection is cut', async () => {
    vi.useFakeTimers();
    try {
      const { begun, send, endAll } = requestsTo(new FairTurns(LIMITS));
      const first = send('a', 'first');
      const refused = ['second', 'third'].map((name) =>
        expect(send('a', name)).rejects.toMatchObject({ status: 503, details: { retry_after: 5 } }),
      );
      await vi.advanceTimersByTimeAsync(LIMITS.longestWaitMs - 1);
      const late = send('a', 'late');
      await vi.advanceTimersByTimeAsync(1);
      await Promise.all(refused);
      // Work that has begun goes on, and the turns of those who were refused pass at once.
      await endAll();
      expect(await Promise.all([first, late])).toEqual(['first', 'late']);
      expect(begun).toEqual(['first', 'late']);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it('go on after work that failed', async () => {
    const turns = new FairTurns(LIMITS);
    const fail = () => Promise.reject(new Error('no'));
    await expect(turns.run('a', fail)).rejects.toThrow('no');
    expect(await turns.run('a', async () => 'yes')).toBe('yes');
  });
});
