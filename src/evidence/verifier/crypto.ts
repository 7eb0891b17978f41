import type { webcrypto } from 'node:crypto';
import { fromBase64url, toBase64url } from '../../proof/base64.ts';
import { joinParts, type Part } from '../../proof/parts.ts';
import { Failed } from './report.ts';

/*
 * By the Web Cryptography API, which browsers and Node have alike.
 */

export const hashOf = async (parts: readonly Part[]): Promise<Uint8Array> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', joinParts(parts)));

/** In base64url. */
export const digestOf = async (parts: readonly Part[]): Promise<string> => toBase64url(await hashOf(parts));

/** The bytes of a base64url text. @throws Failed */
export function bytesOf(text: string, field: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64url(text);
  if (!bytes) throw new Failed({ field, detail: 'is not base64url in its one form' });
  return bytes;
}

const SEAL = 'AES-GCM';
export type SealKey = webcrypto.CryptoKey;

export const importSealKey = (key: Uint8Array<ArrayBuffer>): Promise<SealKey> =>
  crypto.subtle.importKey('raw', key, SEAL, false, ['decrypt']);

/** What else a front end sent in an event. */
export interface Unsealed {
  payload?: object;
  metadata?: Record<string, unknown>;
}

/** @throws if it was sealed with another key or for another event, or changed */
export async function unseal(
  sealed: Uint8Array<ArrayBuffer>,
  key: SealKey,
  event_id: string,
): Promise<Unsealed> {
  const iv = Uint8Array.from(event_id.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const plain = await crypto.subtle.decrypt({ name: SEAL, iv, tagLength: 128 }, key, sealed);
  return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(plain)) as object;
}

/** Whether Ed25519 verifies. */
export async function isSignedBy(
  publicKey: Uint8Array<ArrayBuffer>,
  signature: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', publicKey, 'Ed25519', false, ['verify']);
  return crypto.subtle.verify('Ed25519', key, signature, new TextEncoder().encode(text));
}
