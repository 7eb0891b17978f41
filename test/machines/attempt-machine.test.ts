import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createActor } from 'xstate';
import type { AttemptSnapshot } from '../../machines/index.ts';
import { currentMachine } from '../../machines/index.ts';
import { viewOf } from '../../src/attempts/session/machine-state.ts';
import {
  accepts,
  initialState,
  nextState,
  toMachineEvent,
} from '../../src/attempts/session/machine-steps.ts';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import { after, allowedTypes, allows, nothingYet, statusIn } from './oracle.ts';
import { anyEvent, anyEvents } from './random-events.ts';

const begin = (requires_reasoning: boolean) =>
  initialState(currentMachine, { attempt_id: 'a1', requires_reasoning });
const step = (state: AttemptSnapshot, event: BehaviorEvent) =>
  nextState(currentMachine, state, toMachineEvent(event));
/** The state after the events, without those that are refused. */
const play = (state: AttemptSnapshot, events: readonly BehaviorEvent[]) =>
  events.reduce((now, event) => (accepts(now, toMachineEvent(event)) ? step(now, event) : now), state);

const selectedIn = (state: AttemptSnapshot) => state.context.selection?.option_id ?? null;

describe.each([true, false])('an attempt at a task that requires reasoning: %s', (requires_reasoning) => {
  it('takes exactly the events that the contract allows and stands where the contract says', () => {
    fc.assert(
      fc.property(anyEvents, (events) => {
        let state = begin(requires_reasoning);
        let expected = nothingYet(requires_reasoning);
        for (const event of events) {
          const accepted = accepts(state, toMachineEvent(event));
          expect([event.event_type, accepted]).toEqual([event.event_type, allows(expected, event)]);
          state = step(state, event);
          expected = after(expected, event);
          expect(viewOf(state)).toMatchObject({
            status: statusIn(expected),
            sequence_number: expected.accepted,
            allowed_events: allowedTypes(expected),
          });
          expect(selectedIn(state)).toBe(expected.selection);
          expect(state.matches('abandoned')).toBe(expected.abandoned);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is not changed in anything by an event that it refuses', () => {
    fc.assert(
      fc.property(anyEvents, anyEvent, (events, event) => {
        const before = play(begin(requires_reasoning), events);
        fc.pre(!accepts(before, toMachineEvent(event)));
        const later = step(before, event);
        expect([later.value, later.context]).toEqual([before.value, before.context]);
      }),
    );
  });

  it('is, when resumed, exactly where it was before it was abandoned', () => {
    const start: BehaviorEvent = { event_type: 'task_started', payload: {} };
    const abandon: BehaviorEvent = { event_type: 'task_abandoned', payload: {} };
    fc.assert(
      fc.property(anyEvents, anyEvent, anyEvents, (events, resuming, rest) => {
        const before = play(step(begin(requires_reasoning), start), events);
        fc.pre(before.matches('active'));
        const resumes = allows(
          { ...nothingYet(requires_reasoning), started: true, selection: selectedIn(before) },
          resuming,
        );
        const abandoned = step(before, abandon);
        const isNeither = !['task_started', 'task_abandoned'].includes(resuming.event_type);
        expect(accepts(abandoned, toMachineEvent(resuming))).toBe(resumes && isNeither);
        fc.pre(resumes && isNeither);

        const went = play(step(abandoned, resuming), rest);
        const stayed = play(step(before, resuming), rest);
        expect(went.value).toEqual(stayed.value);
        expect(went.context).toEqual({
          ...stayed.context,
          sequence_number: stayed.context.sequence_number + 1,
        });
      }),
      { numRuns: 300 },
    );
  });
});

describe('an actor of the machine', () => {
  it('stays alive and in step with the oracle whatever is sent to it', () => {
    fc.assert(
      fc.property(anyEvents, fc.boolean(), (events, requires_reasoning) => {
        const actor = createActor(currentMachine, {
          input: { attempt_id: 'a1', requires_reasoning },
        }).start();
        let expected = nothingYet(requires_reasoning);
        for (const event of events) {
          expected = after(expected, event);
          actor.send(toMachineEvent(event));
          expect(actor.getSnapshot().status).toBe('active');
          expect(actor.getSnapshot().context.sequence_number).toBe(expected.accepted);
        }
        actor.stop();
      }),
    );
  });

  it('takes nothing but its own vocabulary for an expired attempt, from every state before completion', () => {
    fc.assert(
      fc.property(anyEvents, anyEvent, (events, event) => {
        const before = play(begin(true), events);
        fc.pre(!before.matches('computing'));
        const expired = nextState(currentMachine, before, { type: 'attempt_expired' });
        expect(viewOf(expired)).toMatchObject({ state: 'expired', status: 'expired', allowed_events: [] });
        expect(accepts(expired, toMachineEvent(event))).toBe(false);
        expect(expired.context.sequence_number).toBe(before.context.sequence_number);
      }),
    );
  });

  it('does not expire once it is completed', () => {
    const completed = play(begin(false), [
      { event_type: 'task_started', payload: {} },
      { event_type: 'option_selected', payload: { option_id: 'x', option_code: 'X' } },
      { event_type: 'task_completed', payload: { final_option_id: 'x', final_option_code: 'X' } },
    ]);
    expect(completed.can({ type: 'attempt_expired' })).toBe(false);
  });
});
