import { z } from 'zod';
import { EVENT_TABLE } from '../events/event-table.ts';
import { submittedEnvelope, submittedEvent } from '../events/submitted-event.ts';
import { lenientWholeNumber, objectIdString, optional } from '../fields.ts';
import { plainly } from '../plain-messages.ts';

/** Maximum number of events in one batch. */
export const MAX_BATCH = 100;

/** Maximum size of a batch's body, in bytes. */
export const BATCH_BODY_LIMIT = 1024 * 1024;

/** The one field of an event that is needed first, to find the session that judges it. */
const addressed = z.looseObject({ attempt_id: objectIdString });

/**
 * A batch. Only its first event must say which attempt it is for. Nothing more is validated here, because each event
 * gets a verdict of its own.
 */
export const eventBatch = z.strictObject({
  events: z
    .array(z.unknown())
    .min(1)
    .max(MAX_BATCH)
    .superRefine(([first], context) => {
      if (first === undefined) return;
      for (const { message, path } of addressed.safeParse(first, { error: plainly }).error?.issues ?? []) {
        context.addIssue({ code: 'custom', message, path: [0, ...path] });
      }
    }),
});

/** What the events of a batch should be, for the documents. */
export const eventBatchAsSent = z.strictObject({ events: z.array(submittedEvent).min(1).max(MAX_BATCH) });

export type EventBatch = z.output<typeof eventBatch>;

const { final_option_id, final_option_code } = EVENT_TABLE.task_completed.payload;

/** The body of a completion: everything is optional, with the same meaning as in an event. */
export const completion = z.object({
  timestamp_client: optional(submittedEnvelope.timestamp_client),
  metadata: submittedEnvelope.metadata,
  client_event_id: submittedEnvelope.client_event_id,
  final_option_id: optional(final_option_id),
  final_option_code: optional(final_option_code),
});

export const eventPage = z.strictObject({
  after: lenientWholeNumber(0).default(0),
  limit: lenientWholeNumber(1, 1000).default(100),
});
