import { Binary, ObjectId } from 'mongodb';
import type { EventHead, RecordedEvent } from '../events/recorded-event.ts';
import { divide, unseal } from '../proof/sealing.ts';
import type { BehaviorEventDocument } from './collection.ts';
import { escapeKeys, unescapeKeys } from './observed-keys.ts';

/** What is read of an event without what the front end sent in it. */
export type EventHeadDocument = Omit<BehaviorEventDocument, 'payload' | 'metadata' | 'sealed'>;

export function toDocument(event: RecordedEvent): BehaviorEventDocument {
  const { event_id, attempt_id, payload, metadata, digest, sealed, ...head } = event;
  const document = { _id: new ObjectId(event_id), attempt_id: new ObjectId(attempt_id), ...head };
  if (digest === undefined) {
    return { ...document, payload: escapeKeys(payload), metadata: escapeKeys(metadata) };
  }
  const chained: BehaviorEventDocument = {
    ...document,
    payload: divide(event).open,
    digest: new Binary(Buffer.from(digest, 'base64url')),
  };
  if (sealed) chained.sealed = new Binary(sealed);
  return chained;
}

export function toHead({ _id, attempt_id, digest, ...document }: EventHeadDocument): EventHead {
  const head: EventHead = { event_id: _id.toHexString(), attempt_id: attempt_id.toHexString(), ...document };
  if (digest) head.digest = Buffer.from(digest.value()).toString('base64url');
  return head;
}

/**
 * @param key of the attempt; without it, what is sealed is missing
 * @throws UnreplayableJournal if the sealed part was changed
 */
export function toEvent(document: BehaviorEventDocument, key?: Uint8Array): RecordedEvent {
  const { payload, metadata = {}, sealed: binary, ...rest } = document;
  const head = toHead(rest);
  if (head.digest === undefined) {
    return { ...head, payload: unescapeKeys(payload), metadata: unescapeKeys(metadata) } as RecordedEvent;
  }
  if (!binary) return { ...head, payload, metadata } as RecordedEvent;
  const sealed = binary.value();
  const opened = key ? unseal(sealed, key, head) : {};
  return {
    ...head,
    payload: { ...payload, ...opened.payload },
    metadata: opened.metadata ?? {},
    sealed,
  } as RecordedEvent;
}
