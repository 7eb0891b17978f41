import { z } from 'zod';
import { submittedEnvelope } from '../events/submitted-event.ts';
import { lenientWholeNumber, moment, objectIdString } from '../fields.ts';

/** Events that one batch may hold. */
export const MAX_BATCH = 100;

/** What must be known of an event before anything else: whose session judges it. */
const addressed = z.looseObject({ attempt_id: objectIdString });

/** A batch is looked at as a whole only so far: each event gets a verdict of its own. */
export const eventBatch = z.strictObject({
  events: z
    .array(addressed)
    .min(1)
    .max(MAX_BATCH)
    .refine(
      (events) => events.every(({ attempt_id }) => attempt_id === events[0]?.attempt_id),
      'must all be of one attempt',
    ),
});

export type EventBatch = z.output<typeof eventBatch>;

/** Completing needs no body; what an event may say of itself may be said here too. */
export const completion = z.object({
  timestamp_client: moment.optional(),
  metadata: submittedEnvelope.metadata,
  client_event_id: submittedEnvelope.client_event_id,
});

export const eventPage = z.strictObject({
  after: lenientWholeNumber(0).default(0),
  limit: lenientWholeNumber(1, 1000).default(100),
});
