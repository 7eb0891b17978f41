import { fromBase64, toBase64 } from './base64.ts';
import { isSameBytes, joinParts, type Part } from './parts.ts';

/*
 * A checkpoint of the log (c2sp.org/tlog-checkpoint) in a signed note (c2sp.org/signed-note), and the public key that
 * verifies it. Pure: whoever calls signs and verifies.
 */

/** The state of the log at one moment. */
export interface Checkpoint {
  /** The name of the log. */
  origin: string;
  size: number;
  /** 32 bytes. */
  root: Uint8Array;
}

/** Whoever signs. */
export interface NoteKey {
  name: string;
  /** 4 bytes. */
  id: Uint8Array;
  /** Of Ed25519, 32 bytes. */
  publicKey: Uint8Array<ArrayBuffer>;
}

/** The identifier of Ed25519 in signed notes. */
const ED25519 = 1;
const ID_BYTES = 4;
const ROOT_BYTES = 32;

/** The text that is signed. */
export const checkpointText = ({ origin, size, root }: Checkpoint): string =>
  `${origin}\n${size}\n${toBase64(root)}\n`;

export const signedNote = (text: string, { name, id }: NoteKey, signature: Uint8Array): string =>
  `${text}\n— ${name} ${toBase64(joinParts([id, signature]))}\n`;

/** The first 4 bytes of their hash identify the key. */
export const keyIdParts = (name: string, publicKey: Uint8Array): Part[] => [
  `${name}\n`,
  Uint8Array.of(ED25519),
  publicKey,
];

export const keyIdOf = (hash: Uint8Array): Uint8Array => hash.subarray(0, ID_BYTES);

/** `NAME+hex(key id)+base64(0x01 ‖ public key)`. */
export function publicKeyText({ name, id, publicKey }: NoteKey): string {
  const hex = [...id].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${name}+${hex}+${toBase64(joinParts([Uint8Array.of(ED25519), publicKey]))}`;
}

/** @returns undefined if it is not the text of a public key, or its id has another length; the id itself is not checked */
export function parsePublicKey(text: string): NoteKey | undefined {
  const [, name, hex, base64] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(text) ?? [];
  const key = base64 === undefined ? undefined : fromBase64(base64);
  if (!name || !hex || !key || key.length !== 33 || key[0] !== ED25519) return undefined;
  const id = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  return { name, id, publicKey: key.slice(1) };
}

/** A note taken apart; nothing of it is verified yet. */
export interface ParsedNote {
  checkpoint: Checkpoint;
  /** What is signed. */
  text: string;
  signatures: { name: string; id: Uint8Array; signature: Uint8Array<ArrayBuffer> }[];
}

/** @returns undefined if it is not a checkpoint in a signed note */
export function parseNote(note: string): ParsedNote | undefined {
  const [, text, origin, size, base64, lines] =
    /^((\S+)\n(0|[1-9]\d{0,14})\n([\w+/=]+)\n)\n((?:— \S+ [\w+/=]+\n)+)$/.exec(note) ?? [];
  const root = base64 === undefined ? undefined : fromBase64(base64);
  if (!text || !origin || root?.length !== ROOT_BYTES) return undefined;
  const signatures: ParsedNote['signatures'] = [];
  for (const [, name = '', encoded = ''] of (lines ?? '').matchAll(/— (\S+) (\S+)\n/g)) {
    const bytes = fromBase64(encoded);
    if (!bytes || bytes.length <= ID_BYTES) return undefined;
    signatures.push({ name, id: bytes.subarray(0, ID_BYTES), signature: bytes.slice(ID_BYTES) });
  }
  return { checkpoint: { origin, size: Number(size), root }, text, signatures };
}

/** The signature that this key should have made. */
export const signatureBy = ({ signatures }: ParsedNote, key: NoteKey) =>
  signatures.find(({ name, id }) => name === key.name && isSameBytes(id, key.id))?.signature;
