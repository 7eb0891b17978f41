import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../machines/index.ts';
import { AttemptFeed, type AttemptView } from '../../src/attempts/session/feed.ts';
import { initialState, nextState, viewOf } from '../../src/attempts/session/machine-state.ts';
import { replay } from '../../src/attempts/session/replay.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { AttemptWatcher } from '../../src/live/attempt-watcher.ts';
import type { LiveMessage } from '../../src/live/messages.ts';
import { completes, recorded, selects, starts, taskWith } from '../support/recorded.ts';

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
  const now: { stored: number; view: AttemptView; beforeViewIsTold(): void } = {
    stored,
    view: after(applied),
    beforeViewIsTold: () => undefined,
  };
  const watcher = new AttemptWatcher(
    'a1',
    {
      feed,
      view: async () => {
        const { view } = now;
        now.beforeViewIsTold();
        return view;
      },
      read: async (_, from) => journal.slice(from, now.stored),
    },
    (message) => heard.push(message),
    (error) => expect.unreachable(String(error)),
  );
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
  return { watcher, now, feed, publish, told };
}

describe('a watcher that connects', () => {
  it('while an event is stored but not yet applied hears it with the state that it leads to', async () => {
    const { watcher, publish, told } = anAttempt({ stored: 2, applied: 1 });
    await watcher.start(0);
    publish(journal[1]);
    expect(told()).toEqual(['ack 1', 'attempt_status', 'state 1', 'ack 2', 'state 2']);
  });

  it('while an event is applied hears it once', async () => {
    const { watcher, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    now.beforeViewIsTold = () => {
      now.beforeViewIsTold = () => undefined;
      now.stored = 2;
      publish(journal[1]);
    };
    await watcher.start(0);
    expect(told()).toEqual(['ack 1', 'attempt_status', 'ack 2', 'state 2']);
  });

  it('while the results are saved hears once that they are there', async () => {
    const { watcher, now, feed, told } = anAttempt({ stored: 3, applied: 3 });
    now.beforeViewIsTold = () => {
      now.beforeViewIsTold = () => undefined;
      now.view = locked;
      feed.publish('a1', { kind: 'state_changed', view: locked });
      feed.publish('a1', { kind: 'results_saved' });
    };
    await watcher.start(2);
    expect(told()).toEqual(['ack 3', 'attempt_status', 'state 3', 'metrics_ready']);
  });

  it('reads on when what it hears leaves a gap', async () => {
    const { watcher, now, publish, told } = anAttempt({ stored: 1, applied: 1 });
    await watcher.start(undefined);
    now.stored = 3;
    publish(journal[2]);
    await expect.poll(told).toEqual(['state 1', 'ack 2', 'ack 3', 'attempt_status', 'state 3']);
  });
});
