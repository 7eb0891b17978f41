import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../machines/index.ts';
import { AttemptFeed, type AttemptView } from '../../src/attempts/session/feed.ts';
import { viewOf } from '../../src/attempts/session/machine-state.ts';
import { initialState, nextState } from '../../src/attempts/session/machine-steps.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { AttemptWatcher } from '../../src/live/attempt-watcher.ts';
import type { LiveMessage } from '../../src/live/messages.ts';
import { completes, recorded, selects, starts, taskWith } from '../support/recorded.ts';
import { replay } from '../support/replay.ts';

/*
 * Moments that last only microseconds over a real socket, so that one connection in a thousand hits them. Here journal
 * and session are controlled by hand.
 */

const task = taskWith({ A: 'low', B: 'high' });
const journal = recorded(task, [starts(0), selects(1, 'A'), completes(2, 'A')]);
const input = { attempt_id: 'a1', requires_reasoning: true };
const after = (count: number): AttemptView =>
  viewOf(
    count === 0
      ? initialState(currentMachine, input)
      : replay(currentMachine, input, journal.slice(0, count)),
  );
const locked = viewOf(
  nextState(currentMachine, replay(currentMachine, input, journal), { type: 'results_saved' }),
);

/** An attempt with `stored` events in its journal; its session has applied the first `applied` of them. */
function anAttempt({ stored, applied }: { stored: number; applied: number }) {
  const feed = new AttemptFeed();
  const heard: LiveMessage[] = [];
  const failures: unknown[] = [];
  const now = {
    stored,
    view: after(applied),
    /** When the reader has room for more. */
    room: Promise.resolve(),
    /** How often the journal was read. */
    reads: 0,
  };
  /** Settles the watcher's place, as before the handshake is answered. */
  const place = (since?: number) =>
    AttemptWatcher.at('a1', since, {
      feed,
      view: async () => now.view,
      inTurn: (work) => work(),
      read: async (_, from) => {
        now.reads += 1;
        return journal.slice(from, now.stored);
      },
    });
  /** Lets a watcher send, as after the handshake. */
  const open = (watcher: AttemptWatcher) =>
    watcher.start(
      { isOpen: true, send: (message) => void heard.push(message), room: () => now.room },
      (error) => failures.push(error),
    );
  const start = async (since?: number) => open(await place(since));
  const publish = (event: RecordedEvent | undefined) => {
    if (!event) throw new Error('no such event');
    const view = after(event.sequence_number);
    now.view = view;
    feed.publish('a1', { kind: 'event_recorded', event, view });
  };
  /** `ack 1`, `state 1` and so on. */
  const told = () =>
    heard.map(({ type, data }) =>
      type === 'event_ack' || type === 'attempt_state'
        ? `${type === 'event_ack' ? 'ack' : 'state'} ${data.sequence_number}`
        : type,
    );
  return { place, open, start, now, feed, publish, told, failures };
}

it('given a journal that has lost events which the session knows, then the watcher gives up and does not read for ever', async () => {
  const { start } = anAttempt({ stored: 1, applied: 2 });
  await expect(start(0)).rejects.toMatchObject({ status: 503 });
});

describe('a watcher that connects', () => {
  it('while an event is stored but not yet applied hears it with the state that it leads to', async () => {
    const { start, publish, told } = anAttempt({ stored: 2, applied: 1 });
    await start(0);
    publish(journal[1]);
    expect(told()).toEqual(['ack 1', 'attempt_status', 'state 1', 'ack 2', 'state 2']);
  });

  it('while an event is applied hears it once', async () => {
    const { place, open, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    const watcher = await place(0);
    now.stored = 2;
    publish(journal[1]);
    await open(watcher);
    expect(told()).toEqual(['ack 1', 'attempt_status', 'state 1', 'ack 2', 'state 2']);
  });

  it('hears the state of its place first, then each event that was recorded while the handshake was answered', async () => {
    const { place, open, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    const watcher = await place();
    now.stored = 2;
    publish(journal[1]);
    await open(watcher);
    expect(told()).toEqual(['state 1', 'ack 2', 'state 2']);
  });

  it('with a number that does not exist yet hears the event that gets it', async () => {
    const { place, open, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    const watcher = await place(99);
    now.stored = 2;
    publish(journal[1]);
    await open(watcher);
    expect(told()).toEqual(['state 1', 'ack 2', 'state 2']);
  });

  it('while the results are saved hears once that they are there', async () => {
    const { place, open, now, feed, told } = anAttempt({ stored: 3, applied: 3 });
    const watcher = await place(2);
    now.view = locked;
    feed.publish('a1', { kind: 'state_changed', view: locked });
    feed.publish('a1', { kind: 'results_saved' });
    await open(watcher);
    // The state at its place, and then the state with the results.
    expect(told()).toEqual(['ack 3', 'attempt_status', 'state 3', 'state 3', 'metrics_ready']);
  });

  it('reads on when what it hears leaves a gap', async () => {
    const { start, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    await start(undefined);
    now.stored = 3;
    publish(journal[2]);
    await expect.poll(told).toEqual(['state 1', 'ack 2', 'ack 3', 'attempt_status', 'state 3']);
  });
});

describe('given a place that was taken', () => {
  it('when the session falls behind it, then what was told is not told again', async () => {
    const { start, now, publish, told } = anAttempt({ stored: 2, applied: 2 });
    await start();
    publish(journal[0]);
    publish(journal[1]);
    now.stored = 3;
    publish(journal[2]);
    expect(told()).toEqual(['state 2', 'ack 3', 'attempt_status', 'state 3']);
  });

  it('when the results were saved elsewhere, then they are announced', async () => {
    const { start, feed, told } = anAttempt({ stored: 3, applied: 3 });
    await start();
    feed.publish('a1', { kind: 'caught_up', view: locked });
    feed.publish('a1', { kind: 'caught_up', view: locked });
    expect(told()).toEqual(['state 3', 'state 3', 'metrics_ready']);
  });
});

describe('given a reader without room', () => {
  it('when it leaves, then the journal is not read for it', async () => {
    const { place, open, now, told } = anAttempt({ stored: 2, applied: 2 });
    let makeRoom = (): void => undefined;
    now.room = new Promise((resolve) => {
      makeRoom = resolve;
    });
    const watcher = await place(0);
    const starting = open(watcher);
    watcher.stop();
    makeRoom();
    await starting;
    expect(now.reads).toBe(0);
    expect(told()).toEqual([]);
  });

  it('when thousands of news arrive meanwhile, then few are kept, and the rest is read from the journal', async () => {
    const { place, open, now, feed, publish, told } = anAttempt({ stored: 1, applied: 1 });
    let makeRoom = (): void => undefined;
    now.room = new Promise((resolve) => {
      makeRoom = resolve;
    });
    const starting = open(await place(0));
    now.stored = 3;
    publish(journal[1]);
    publish(journal[2]);
    const completed = after(3);
    for (let n = 0; n < 5000; n += 1) feed.publish('a1', { kind: 'state_changed', view: completed });
    makeRoom();
    await starting;
    await expect.poll(told).toContain('state 3');
    expect(told().filter((what) => what.startsWith('ack'))).toEqual(['ack 1', 'ack 2', 'ack 3']);
    expect(told().length).toBeLessThan(120);
  });
});
