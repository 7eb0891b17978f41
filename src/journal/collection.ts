import type { Binary, ObjectId } from 'mongodb';
import {
  anyObject,
  bytes,
  type CollectionDefinition,
  closed,
  date,
  objectId,
  oneOf,
  text,
  wholeNumber,
} from '../database/definition.ts';
import { EVENT_TYPES, type EventType } from '../events/event-table.ts';

/** One recorded act of a candidate. Append-only: no code path updates or deletes one. */
export interface BehaviorEventDocument {
  _id: ObjectId;
  attempt_id: ObjectId;
  sequence_number: number;
  event_type: EventType;
  timestamp_client: Date;
  timestamp_server: Date;
  /** In an attempt with a chain: only the fields of the vocabulary, and no free text. */
  payload: object;
  /** Absent in an attempt with a chain, where it is sealed. */
  metadata?: Record<string, unknown>;
  client_event_id?: string;
  /** Present if the event arrived in a batch of several. */
  batched?: true;
  /** Present if the front end's clock was corrected before the event was judged. */
  client_clock_corrected?: true;
  /** What the attempt's chain has come to with this event; absent if it was redeemed under an earlier release. */
  digest?: Binary;
  /** What else the front end sent, sealed with the attempt's key; absent if there is nothing else. */
  sealed?: Binary;
}

/** The key of one attempt. Without it, nothing that is sealed in the attempt's events can be read. */
export interface AttemptKeyDocument {
  /** The attempt's id. */
  _id: ObjectId;
  key: Binary;
}

export const attemptKeys: CollectionDefinition<AttemptKeyDocument> = {
  name: 'attempt_keys',
  schema: closed({ _id: objectId, key: bytes }),
  indexes: [],
};

export const behaviorEvents: CollectionDefinition<BehaviorEventDocument> = {
  name: 'behavior_events',
  schema: closed(
    {
      _id: objectId,
      attempt_id: objectId,
      sequence_number: { ...wholeNumber, minimum: 1 },
      event_type: oneOf(EVENT_TYPES),
      timestamp_client: date,
      timestamp_server: date,
      payload: anyObject,
      metadata: anyObject,
      client_event_id: text,
      batched: { enum: [true] },
      client_clock_corrected: { enum: [true] },
      digest: bytes,
      sealed: bytes,
    },
    ['metadata', 'client_event_id', 'batched', 'client_clock_corrected', 'digest', 'sealed'],
  ),
  indexes: [
    { name: 'attempt_sequence', key: { attempt_id: 1, sequence_number: 1 }, unique: true },
    { name: 'attempt_type', key: { attempt_id: 1, event_type: 1 } },
    { name: 'server_time', key: { timestamp_server: 1 } },
    {
      name: 'attempt_client_event',
      key: { attempt_id: 1, client_event_id: 1 },
      unique: true,
      partialFilterExpression: { client_event_id: { $exists: true } },
    },
  ],
};
