import { z } from 'zod';
import { ATTEMPT_STATUSES } from '../../attempts/attempt.ts';
import { EVENT_TYPES } from '../../events/event-table.ts';
import { expectedResults } from './expected-results.ts';
import { fields } from './fields.ts';

/** How a step can come out. Repeated: it had been stored before, and nothing was stored now. */
const OUTCOMES = ['accepted', 'repeated', 'refused'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** The codes with which an event can be refused. `not_tried`: an event before it in the batch was refused. */
const REFUSALS = [
  'sequence_violation',
  'validation_failed',
  'attempt_locked',
  'attempt_expired',
  'body_too_large',
  'not_tried',
] as const;

/** A state by its name, or by the names of some of the states inside it. */
export type ExpectedState = string | { [name: string]: ExpectedState };

const state: z.ZodType<ExpectedState> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), state)], {
    error:
      'must be the name of a state, or names of states inside it, such as { active: { decision: decided } }',
  }),
);

/** What is expected of one step: a word, or fields. A refusal's code says the outcome as well. */
export const stepExpectation = z.preprocess(
  (written) => (typeof written === 'string' ? { outcome: written } : written),
  fields({
    outcome: z
      .enum(OUTCOMES, { error: `must be ${OUTCOMES.join(', ')}, or fields such as { refused: CODE }` })
      .default('accepted'),
    refused: z.enum(REFUSALS).optional(),
    state: state.optional(),
    /** The event types that are allowed after it, all of them. */
    allowed: z.array(z.enum(EVENT_TYPES)).optional(),
    /** The fields that the refusal says are wrong, all of them. */
    fields: z.array(z.string()).optional(),
  }),
);

/** What is expected in the end; what is not mentioned may be anything. */
export const finalExpectation = fields({
  state: state.optional(),
  status: z.enum(ATTEMPT_STATUSES).optional(),
  ...expectedResults,
});
