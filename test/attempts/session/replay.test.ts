import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { currentMachine } from '../../../machines/index.ts';
import {
  accepts,
  initialState,
  nextState,
  toMachineEvent,
} from '../../../src/attempts/session/machine-steps.ts';
import { continueReplay } from '../../../src/attempts/session/replay.ts';
import { UnreplayableJournal } from '../../../src/errors.ts';
import type { RecordedEvent } from '../../../src/events/recorded-event.ts';
import { anyEvents, task } from '../../machines/random-events.ts';
import { legalAttempts } from '../../results/metrics/legal-attempts.ts';
import { completes, recorded, selects, starts, views } from '../../support/recorded.ts';
import { replay } from '../../support/replay.ts';

const input = { attempt_id: 'a1', requires_reasoning: true };
const journal = recorded(task, [starts(0), views(1, 'A', 5), selects(2, 'A'), completes(3, 'A')]);

/** The accepted ones of random events, as the journal would record them. */
const journals = anyEvents.map((events) => {
  let state = initialState(currentMachine, input);
  const steps = [];
  for (const event of events) {
    if (!accepts(state, toMachineEvent(event))) continue;
    state = nextState(currentMachine, state, toMachineEvent(event));
    steps.push({ at: steps.length, act: () => event });
  }
  return recorded(task, steps);
});

describe('replaying a journal', () => {
  it('leads to where the events led when they were applied one by one, in one go or in two', () => {
    fc.assert(
      fc.property(journals, fc.nat(), (events, anywhere) => {
        let stepwise = initialState(currentMachine, input);
        for (const event of events) stepwise = nextState(currentMachine, stepwise, toMachineEvent(event));
        const whole = replay(currentMachine, input, events);
        expect([whole.value, whole.context]).toEqual([stepwise.value, stepwise.context]);

        const middle = anywhere % (events.length + 1);
        const half = replay(currentMachine, input, events.slice(0, middle));
        const both = continueReplay(currentMachine, half, events.slice(middle));
        expect([both.value, both.context]).toEqual([whole.value, whole.context]);
      }),
    );
  });

  it('ends in computing for every whole attempt, without having run anything', () => {
    fc.assert(
      fc.property(legalAttempts, ({ events }) => {
        const state = replay(currentMachine, input, withoutRepeatedBreaks(events));
        expect(state.value).toEqual({ computing: 'metrics' });
      }),
    );
  });

  it('of nothing is the beginning', () => {
    expect(replay(currentMachine, input, []).value).toBe('waiting_for_start');
  });
});

describe('a journal that cannot be replayed', () => {
  const unreplayable = (events: RecordedEvent[]) =>
    expect(() => replay(currentMachine, input, events)).toThrow(UnreplayableJournal);

  it('has a gap', () => {
    unreplayable(journal.filter(({ sequence_number }) => sequence_number !== 2));
  });

  it('does not begin with number 1', () => {
    unreplayable(journal.slice(1));
    unreplayable(journal.map((event) => ({ ...event, sequence_number: event.sequence_number - 1 })));
  });

  it('has a number twice', () => {
    unreplayable(journal.flatMap((event) => [event, event]));
  });

  it('has an event that the machine does not allow there', () => {
    unreplayable(recorded(task, [starts(0), completes(1, 'A')]));
    unreplayable(recorded(task, [selects(0, 'A')]));
    unreplayable(recorded(task, [starts(0), selects(1, 'A'), completes(2, 'A'), views(3, 'A', 1)]));
  });

  it('goes on where the state is ahead of it', () => {
    const state = replay(currentMachine, input, journal.slice(0, 3));
    expect(() => continueReplay(currentMachine, state, journal.slice(1))).toThrow(UnreplayableJournal);
  });
});

/** The generator used for metrics may abandon an abandoned attempt, which a server would have refused. */
function withoutRepeatedBreaks(events: readonly RecordedEvent[]): RecordedEvent[] {
  return events
    .filter(
      (event, i) =>
        !(event.event_type === 'task_abandoned' && events[i - 1]?.event_type === 'task_abandoned'),
    )
    .map((event, index) => ({ ...event, sequence_number: index + 1 }));
}
