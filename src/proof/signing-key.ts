import { createPrivateKey, createPublicKey, hkdfSync, type KeyObject, sign } from 'node:crypto';
import {
  type Checkpoint,
  checkpointText,
  keyIdOf,
  keyIdParts,
  type NoteKey,
  publicKeyText,
  signedNote,
} from './checkpoint.ts';
import { hashParts } from './hash.ts';

/** A private key of Ed25519 as PKCS #8 (RFC 8410, section 7) is this and the seed. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SEED_BYTES = 32;

/** Signs the checkpoints of a log. */
export class CheckpointSigner {
  readonly #privateKey: KeyObject;
  readonly #key: NoteKey;

  /**
   * @param secret at least 32 random bytes in whatever form; the key follows from it by HKDF-SHA-256
   * @param name of the log
   */
  constructor(secret: string, name: string) {
    const seed = hkdfSync('sha256', secret, '', 'skill-observation/signing-key/v1', SEED_BYTES);
    this.#privateKey = createPrivateKey({
      key: Buffer.concat([PKCS8, Buffer.from(seed)]),
      format: 'der',
      type: 'pkcs8',
    });
    const { x = '' } = createPublicKey(this.#privateKey).export({ format: 'jwk' });
    const publicKey = new Uint8Array(Buffer.from(x, 'base64url'));
    this.#key = { name, id: keyIdOf(hashParts(keyIdParts(name, publicKey))), publicKey };
  }

  /** As `publicKeyText` writes it. */
  get publicKey(): string {
    return publicKeyText(this.#key);
  }

  /** @returns the signed note */
  sign(state: Omit<Checkpoint, 'origin'>): string {
    const text = checkpointText({ origin: this.#key.name, ...state });
    return signedNote(text, this.#key, sign(null, Buffer.from(text), this.#privateKey));
  }
}
