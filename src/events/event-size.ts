import type { SubmittedEvent } from './submitted-event.ts';

/** What an event takes besides its payload and metadata: ids, times, type and number. */
const ENVELOPE_BYTES = 256;
/** What each value takes besides its text, and each object or list besides what it contains. */
const VALUE_BYTES = 32;

/** What is counted of an event. */
export type MeasuredEvent = Pick<SubmittedEvent, 'payload' | 'metadata' | 'client_event_id'>;

/**
 * How many bytes an event counts for: 256, and 32 for each value in its payload and metadata, with the UTF-8 bytes of
 * texts and the characters of keys added. That is about what it takes in the database. In memory it takes at most
 * about twice as much, however many small values it contains.
 *
 * It follows from what the front end sent and nothing else, so every process counts the same, also after a restart.
 */
export function bytesOf({ payload, metadata, client_event_id = '' }: MeasuredEvent): number {
  return ENVELOPE_BYTES + bytesOfValue(payload) + bytesOfValue(metadata) + bytesOfValue(client_event_id);
}

function bytesOfValue(value: unknown): number {
  if (typeof value === 'string') return VALUE_BYTES + Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return VALUE_BYTES;
  if (Array.isArray(value)) return value.reduce<number>((sum, item) => sum + bytesOfValue(item), VALUE_BYTES);
  let bytes = VALUE_BYTES;
  // `for … in`, because `Object.entries` would make a list for each object of each event.
  for (const key in value) {
    const inner = (value as Record<string, unknown>)[key];
    // What is undefined is not stored.
    if (inner !== undefined) bytes += key.length + bytesOfValue(inner);
  }
  return bytes;
}
