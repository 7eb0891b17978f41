import { forget, keep, randomUuid, readKept } from './browser.ts';
import type { PostedEvent, Task } from './vocabulary.ts';

/** What a tab keeps of an attempt, so that it finds back after a reload. */
export interface Kept {
  /** The server's address, without a slash at its end. */
  url: string;
  /** The assessment token. */
  token: string;
  /** Made before the token is redeemed, so that redeeming may be repeated. */
  redemption_id: string;
  attempt_id?: string;
  access_token?: string;
  task?: Task;
  /** Events that the server has not acknowledged. */
  waiting: PostedEvent[];
}

const LAST = 'skill-observation:last';
const keyOf = (token: string): string => `skill-observation:${token}`;

/** What this tab keeps of the attempt that was opened last; undefined if nothing. */
export function lastKept(): Kept | undefined {
  const token = readKept(LAST);
  return token === null ? undefined : keptOf(token);
}

/** What this tab keeps of a token's attempt; undefined if nothing. */
export function keptOf(token: string): Kept | undefined {
  const kept = readKept(keyOf(token));
  return kept === null ? undefined : (JSON.parse(kept) as Kept);
}

/** What is kept of an attempt that begins here. @param redemption_id that of another tab */
export const beginKeeping = (url: string, token: string, redemption_id = randomUuid()): Kept => ({
  url,
  token,
  redemption_id,
  waiting: [],
});

/** Keeps what is known of an attempt. @returns false if a reload would lose it */
export function write(kept: Kept): boolean {
  keep(LAST, kept.token);
  return keep(keyOf(kept.token), JSON.stringify(kept));
}

/** Forgets an attempt, for example after its end on a shared computer. */
export function erase({ token }: Kept): void {
  if (readKept(LAST) === token) forget(LAST);
  forget(keyOf(token));
}
