import { forget, keep, randomUuid, readKept } from './browser.ts';
import type { PostedEvent, Task } from './vocabulary.ts';

/** What a candidate's one-time link gives. */
export interface Invitation {
  /** The assessment token. */
  token: string;
}

/** What gives access to an attempt that is redeemed already. */
export interface Access {
  attempt_id: string;
  access_token: string;
}

/** What a tab keeps of an attempt, so that it finds back after a reload. */
export interface Kept {
  /** The server's address, without a slash at its end. */
  url: string;
  /** Names the attempt in this browser: its assessment token; the attempt's id if it was entered without one. */
  key: string;
  /** Absent if the attempt was entered. The id is made before the token is redeemed, so that redeeming may be repeated. */
  redemption?: { token: string; redemption_id: string };
  attempt_id?: string;
  access_token?: string;
  task?: Task;
  /** Events that the server has not acknowledged. */
  waiting: PostedEvent[];
}

const LAST = 'skill-observation:last';
const nameOf = (key: string): string => `skill-observation:${key}`;
const forgotten = new WeakSet<Kept>();

/** What this tab keeps of the attempt that was opened last; undefined if nothing. */
export function lastKept(): Kept | undefined {
  const key = readKept(LAST);
  return key === null ? undefined : keptOf(key);
}

/** What this tab keeps of an attempt; undefined if nothing. */
export function keptOf(key: string): Kept | undefined {
  const kept = readKept(nameOf(key));
  return kept === null ? undefined : (JSON.parse(kept) as Kept);
}

/** What is kept of an attempt that begins here. @param redemption_id that of another tab */
export const keepInvitation = (url: string, { token }: Invitation, redemption_id = randomUuid()): Kept => ({
  url,
  key: token,
  redemption: { token, redemption_id },
  waiting: [],
});

/** What is kept of an attempt that is entered; the access may be newer than what this tab has kept. */
export const keepAccess = (url: string, access: Access): Kept => ({
  waiting: [],
  ...keptOf(access.attempt_id),
  ...access,
  url,
  key: access.attempt_id,
});

/** Keeps what is known of an attempt, unless it is forgotten. */
export function write(kept: Kept): void {
  if (forgotten.has(kept)) return;
  keep(LAST, kept.key);
  keep(nameOf(kept.key), JSON.stringify(kept));
}

/** Forgets an attempt, for example after its end on a shared computer. */
export function erase(kept: Kept): void {
  forgotten.add(kept);
  if (readKept(LAST) === kept.key) forget(LAST);
  forget(nameOf(kept.key));
}
