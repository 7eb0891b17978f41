import { createHash } from 'node:crypto';
import type { Part } from './parts.ts';

/** The SHA-256 digest of the parts, one after the other. */
export function hashParts(parts: readonly Part[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
