import fc from 'fast-check';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  taskWith,
  updatesReasoning,
  views,
} from '../support/recorded.ts';

export const task = taskWith({ A: 'low', B: 'medium', C: 'high' });

const code = fc.constantFrom('A', 'B', 'C');

/** Any event of the vocabulary with options of `task`, whether or not it is allowed. */
export const anyEvent: fc.Arbitrary<BehaviorEvent> = fc
  .oneof(
    fc.constant(starts(0)),
    code.map((option) => views(0, option, 700)),
    code.map((option) => selects(0, option)),
    fc
      .tuple(code, code)
      .filter(([from, to]) => from !== to)
      .map(([from, to]) => changes(0, from, to)),
    fc.constant(startsReasoning(0)),
    fc.constant(updatesReasoning(0, 12, 3)),
    fc.constant(submitsReasoning(0, 'because it is safe')),
    fc.constant(abandons(0)),
    code.map((option) => completes(0, option)),
  )
  .map((step) => step.act(task));

const start: BehaviorEvent = starts(0).act(task);

/** Events in any order. Most sequences begin with the start, because without it everything is refused. */
export const anyEvents: fc.Arbitrary<BehaviorEvent[]> = fc
  .tuple(fc.nat(9), fc.array(anyEvent, { maxLength: 30 }))
  .map(([dice, events]) => (dice === 0 ? events : [start, ...events]));
