import { createCipheriv, createDecipheriv } from 'node:crypto';
import { UnreplayableJournal } from '../errors.ts';
import { type EventType, openFields } from '../events/event-table.ts';
import type { EventHead } from '../events/recorded-event.ts';

/** Bytes of an attempt's key. */
export const KEY_BYTES = 32;
const TAG_BYTES = 16;
/** The plaintext is padded to a multiple of so many bytes, so that its length says little. */
const BLOCK_BYTES = 256;

/** What a front end sent in an event. */
export interface Sent {
  payload: Record<string, unknown>;
  metadata: Record<string, unknown>;
}

/** An event, as far as it is what a front end sent. */
type Sending = { event_type: EventType; payload: object; metadata: Record<string, unknown> };

/** Divides what was sent into what stays readable and what is sealed; the latter is undefined if it is empty. */
export function divide({ event_type, payload, metadata }: Sending): {
  open: Record<string, unknown>;
  secret: Partial<Sent> | undefined;
} {
  const open: Record<string, unknown> = {};
  const rest: Record<string, unknown> = {};
  const fields = openFields(event_type);
  for (const [field, value] of Object.entries(payload)) (fields.includes(field) ? open : rest)[field] = value;
  const secret: Partial<Sent> = {};
  if (Object.keys(metadata).length > 0) secret.metadata = metadata;
  if (Object.keys(rest).length > 0) secret.payload = rest;
  return { open, secret: Object.keys(secret).length > 0 ? secret : undefined };
}

/** The event that something is sealed in; only its id matters, the rest is for the message. */
type SealedEvent = Pick<EventHead, 'event_id' | 'attempt_id' | 'sequence_number'>;

/** Seals for one event. @param event_id 24 hex digits, never used for two contents: it is the nonce */
export function seal(secret: Partial<Sent>, key: Uint8Array, event_id: string): Buffer {
  const cipher = createCipheriv('aes-256-gcm', key, nonceOf(event_id));
  const ciphertext = cipher.update(padded(JSON.stringify(secret)), 'utf8');
  cipher.final();
  return Buffer.concat([ciphertext, cipher.getAuthTag()]);
}

/** @throws UnreplayableJournal if it was sealed with another key or for another event, or changed */
export function unseal(sealed: Uint8Array, key: Uint8Array, of: SealedEvent): Partial<Sent> {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonceOf(of.event_id), {
      authTagLength: TAG_BYTES,
    });
    decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
    const plain = Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(plain.toString()) as Partial<Sent>;
  } catch {
    throw new UnreplayableJournal(
      `attempt ${of.attempt_id}, event ${of.sequence_number}: what is sealed cannot be opened with the attempt's key`,
    );
  }
}

const nonceOf = (event_id: string): Buffer => Buffer.from(event_id, 'hex');

/** Spaces after a JSON text change nothing. */
function padded(json: string): string {
  return json + ' '.repeat(BLOCK_BYTES - 1 - ((Buffer.byteLength(json) - 1) % BLOCK_BYTES));
}
