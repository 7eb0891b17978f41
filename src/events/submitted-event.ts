import { z } from 'zod';
import { moment, objectIdString, optional } from '../fields.ts';
import { type BehaviorEvent, EVENT_TABLE, EVENT_TYPES, type EventType } from './event-table.ts';
import { observedObject } from './observed-value.ts';

/** Maximum size of one event's whole body, in bytes: room for the longest text, however it is escaped. */
export const EVENT_BODY_LIMIT = 64 * 1024;

const observedMetadata = observedObject({
  client_session_id: z.string().nullish(),
  user_agent: z.string().nullish(),
});

export const submittedEnvelope = {
  attempt_id: objectIdString,
  timestamp_client: moment,
  metadata: observedMetadata.nullish().transform((metadata): Record<string, unknown> => metadata ?? {}),
  client_event_id: optional(
    z
      .string()
      .min(1)
      .max(200)
      .refine((id) => id.isWellFormed(), 'has half of a character'),
  ),
};

const schemaOf = <T extends EventType>(event_type: T) =>
  z.object({
    ...submittedEnvelope,
    event_type: z.literal(event_type),
    payload: observedObject<(typeof EVENT_TABLE)[T]['payload']>(EVENT_TABLE[event_type].payload),
  });

type SchemaOf = { [T in EventType]: ReturnType<typeof schemaOf<T>> }[EventType];

/** What a front end posts: one behavior event, not yet checked against the attempt's state. */
export const submittedEvent = z
  .discriminatedUnion('event_type', EVENT_TYPES.map((type) => schemaOf(type)) as [SchemaOf, ...SchemaOf[]])
  .meta({ id: 'Event' });

export type SubmittedEvent = BehaviorEvent & {
  attempt_id: string;
  timestamp_client: Date;
  metadata: Record<string, unknown>;
  client_event_id?: string | undefined;
};
