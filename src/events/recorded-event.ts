import { z } from 'zod';
import { objectIdString } from '../fields.ts';
import { type BehaviorEvent, EVENT_TABLE, EVENT_TYPES, type EventType } from './event-table.ts';

/** What the server adds when it records an event. Ids are 24 hex digits. */
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
});
export type EventRecord = z.output<typeof eventRecord>;

/** A behavior event as stored in the journal: immutable, with its number and its server time. */
export type RecordedEvent = BehaviorEvent & EventRecord;

/** The same as it is sent. */
export const recordedEvent = z
  .discriminatedUnion(
    'event_type',
    EVENT_TYPES.map((type) =>
      eventRecord.extend({
        event_type: z.literal(type),
        payload: z.looseObject(EVENT_TABLE[type].payload as z.ZodRawShape),
      }),
    ) as unknown as [z.ZodObject<{ event_type: z.ZodLiteral<EventType> }>],
  )
  .meta({ id: 'RecordedEvent' }) as unknown as z.ZodType<RecordedEvent>;

/** A recorded event without what the front end sent in it. */
export type EventHead = Omit<RecordedEvent, 'payload' | 'metadata'>;

export type RecordedEventOf<T extends EventType> = Extract<RecordedEvent, { event_type: T }>;

/** Whether `event` is of `type`, for narrowing in filters and finds. */
export function isOfType<T extends EventType>(type: T) {
  return (event: RecordedEvent): event is RecordedEventOf<T> => event.event_type === type;
}
