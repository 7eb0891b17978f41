import { z } from 'zod';
import { EVENT_TABLE, EVENT_TYPES } from '../events/event-table.ts';
import { objectIdString } from '../fields.ts';
import type { eventView } from './attempt-view.ts';

/** What the server adds when it records an event. */
const eventRecord = z.object({
  event_id: objectIdString,
  attempt_id: objectIdString,
  sequence_number: z.int().describe('1, 2, 3 … without gaps within an attempt.'),
  timestamp_client: z.date().describe('The candidate’s clock, as sent.'),
  timestamp_server: z.date().describe('The server’s clock; never decreasing within an attempt.'),
  metadata: z.record(z.string(), z.unknown()),
  client_event_id: z
    .string()
    .optional()
    .describe('The front end’s own id; a second event with the same id is a repeat of the first.'),
  batched: z
    .literal(true)
    .optional()
    .describe('The event arrived in a batch of several; its server time then says less.'),
  client_clock_corrected: z
    .literal(true)
    .optional()
    .describe(
      'The front end’s clock was wrong by a constant difference, which was taken off before judging.',
    ),
  digest: z
    .string()
    .optional()
    .describe(
      'What the chain has come to with this event, base64url; absent in attempts of an earlier release.',
    ),
});

const ofType = (type: (typeof EVENT_TYPES)[number]) => {
  const payload: Record<string, z.ZodType> = { ...EVENT_TABLE[type].payload };
  // Earlier releases have recorded longer ones.
  if ('text' in payload) payload['text'] = z.string();
  return eventRecord.extend({ event_type: z.literal(type), payload: z.looseObject(payload) });
};
const [first, ...others] = EVENT_TYPES;

/** A recorded event as it is answered. Its type is that of the vocabulary, from which the schema is made. */
export const recordedEventView = z
  .discriminatedUnion('event_type', [ofType(first), ...others.map(ofType)])
  .meta({ id: 'RecordedEvent' }) as unknown as z.ZodType<ReturnType<typeof eventView>>;
