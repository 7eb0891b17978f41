import { z } from 'zod';
import { EVENT_TABLE } from '../events/event-table.ts';
import { submittedEnvelope } from '../events/submitted-event.ts';
import { lenientWholeNumber, objectIdString } from '../fields.ts';

/** Maximum number of events in one batch. */
export const MAX_BATCH = 100;

/** The one field of an event that is needed first, to find the session that judges it. */
const addressed = z.looseObject({ attempt_id: objectIdString });

/** A batch. Its events are not validated further here, because each gets a verdict of its own. */
export const eventBatch = z.strictObject({
  events: z
    .array(addressed)
    .min(1)
    .max(MAX_BATCH)
    .refine(
      (events) => events.every(({ attempt_id }) => attempt_id === events[0]?.attempt_id),
      'must all belong to the same attempt',
    ),
});

export type EventBatch = z.output<typeof eventBatch>;

const { final_option_id, final_option_code } = EVENT_TABLE.task_completed.payload;

/** The body of a completion: everything is optional, with the same meaning as in an event. */
export const completion = z.object({
  timestamp_client: submittedEnvelope.timestamp_client.optional(),
  metadata: submittedEnvelope.metadata,
  client_event_id: submittedEnvelope.client_event_id,
  final_option_id: final_option_id.optional(),
  final_option_code: final_option_code.optional(),
});

export const eventPage = z.strictObject({
  after: lenientWholeNumber(0).default(0),
  limit: lenientWholeNumber(1, 1000).default(100),
});
