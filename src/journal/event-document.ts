import { ObjectId } from 'mongodb';
import type { EventHead, RecordedEvent } from '../events/recorded-event.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { escapeKeys, unescapeKeys } from './observed-keys.ts';

/** What is read of an event without what the front end sent in it. */
export type EventHeadDocument = Omit<BehaviorEventDocument, 'payload' | 'metadata'>;

export function toDocument({ event_id, attempt_id, ...event }: RecordedEvent): BehaviorEventDocument {
  return {
    _id: new ObjectId(event_id),
    attempt_id: new ObjectId(attempt_id),
    ...event,
    payload: escapeKeys(event.payload),
    metadata: escapeKeys(event.metadata),
  };
}

export function toHead({ _id, attempt_id, ...document }: EventHeadDocument): EventHead {
  return { event_id: _id.toHexString(), attempt_id: attempt_id.toHexString(), ...document };
}

export function toEvent({ _id, attempt_id, ...document }: BehaviorEventDocument): RecordedEvent {
  return {
    event_id: _id.toHexString(),
    attempt_id: attempt_id.toHexString(),
    ...document,
    payload: unescapeKeys(document.payload),
    metadata: unescapeKeys(document.metadata),
  } as RecordedEvent;
}
