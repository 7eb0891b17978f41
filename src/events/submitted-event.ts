import { z } from 'zod';
import { moment, objectIdString } from '../fields.ts';
import type { BehaviorEvent } from './event-types.ts';
import { observedObject } from './observed-value.ts';

/** Bytes that the whole body of one event may have. */
export const EVENT_BODY_LIMIT = 16 * 1024;

/** Characters that a submitted reasoning may have. */
export const REASONING_LIMIT = 5000;

/** A day: no view of an option lasts longer, and sums of durations stay exact. */
export const MAX_DURATION_MS = 86_400_000;

const optionCode = z.string().min(1).max(100);
const count = z.int().nonnegative();
const option = { option_id: objectIdString, option_code: optionCode };

export const submittedEnvelope = {
  attempt_id: objectIdString,
  timestamp_client: moment,
  metadata: observedObject({
    client_session_id: z.string().max(200).optional(),
    user_agent: z.string().max(1000).optional(),
  }).default({}),
  client_event_id: z.string().min(1).max(200).optional(),
};

const event = <T extends BehaviorEvent['event_type'], P extends z.ZodRawShape>(event_type: T, payload: P) =>
  z.object({ ...submittedEnvelope, event_type: z.literal(event_type), payload: observedObject(payload) });

/** What a front end posts: one behavior event, not yet judged by the attempt's state. */
export const submittedEvent = z.discriminatedUnion('event_type', [
  event('task_started', {}),
  event('option_viewed', {
    ...option,
    duration_ms: z.number().nonnegative().max(MAX_DURATION_MS),
  }),
  event('option_selected', option),
  event('option_changed', {
    from_option_id: objectIdString,
    to_option_id: objectIdString,
    from_code: optionCode,
    to_code: optionCode,
  }),
  event('reasoning_started', {}),
  event('reasoning_updated', { text_length: count, word_count: count }),
  event('reasoning_submitted', { text: z.string().max(REASONING_LIMIT), word_count: count }),
  event('task_abandoned', {}),
  event('task_completed', { final_option_id: objectIdString, final_option_code: optionCode }),
]);

export type SubmittedEvent = BehaviorEvent & {
  attempt_id: string;
  timestamp_client: Date;
  metadata: Record<string, unknown>;
  client_event_id?: string | undefined;
};
