import { EVENT_TABLE } from './event-table.ts';
import type { RecordedEvent } from './recorded-event.ts';

/** Every field that the payload of some event type has in the vocabulary. */
export const PAYLOAD_FIELDS: readonly string[] = [
  ...new Set(Object.values(EVENT_TABLE).flatMap(({ payload }) => Object.keys(payload))),
];

/**
 * The event without what a front end may add to it: its metadata, and payload fields that its type does not have in the
 * vocabulary. No result depends on them, and they may be many times as large as the rest.
 */
export function coreOf(event: RecordedEvent): RecordedEvent {
  const payload = event.payload as Record<string, unknown>;
  const known: Record<string, unknown> = {};
  for (const field of Object.keys(EVENT_TABLE[event.event_type].payload)) known[field] = payload[field];
  const { sealed: _, ...head } = event;
  return { ...head, payload: known, metadata: {} } as RecordedEvent;
}
