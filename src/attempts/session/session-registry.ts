import { setTimeout } from 'node:timers/promises';
import type { RedeemedAttempt } from '../attempt.ts';
import type { Session } from './session.ts';

/** When unused sessions are removed from memory. */
export interface EvictionLimits {
  /** Milliseconds without use after which a session goes. */
  idleMs: number;
  /** Maximum number of sessions in memory; the least recently used idle ones go first. */
  maxSessions: number;
}

/** @param redeemed the attempt, if it was redeemed just now, so that nothing can be recorded yet */
export type LoadSession = (attempt_id: string, redeemed?: RedeemedAttempt) => Promise<Session>;

interface Entry {
  loading: Promise<Session>;
  session: Session | undefined;
  lastUsed: number;
}

/**
 * The sessions of this process. Simultaneous requests for one attempt share one load. Sessions are loaded on demand
 * and evicted when idle; an evicted session is reloaded from the journal when it is needed again.
 */
export class SessionRegistry {
  /** In order of last use, least recently used first. */
  readonly #entries = new Map<string, Entry>();
  readonly #load: LoadSession;
  readonly #limits: EvictionLimits;

  constructor(load: LoadSession, limits: EvictionLimits) {
    this.#load = load;
    this.#limits = limits;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The session of an attempt, loaded if necessary. @throws any error of loading; the next call tries again. */
  get(attempt_id: string): Promise<Session> {
    const known = this.#entries.get(attempt_id);
    const entry = known && !known.session?.hasFailed ? known : this.#begin(attempt_id);
    entry.lastUsed = performance.now();
    this.#entries.delete(attempt_id);
    this.#entries.set(attempt_id, entry);
    return entry.loading;
  }

  /**
   * Opens the session of an attempt that was redeemed just now. The candidate is about to post the first event, and
   * nothing needs to be read, because nothing can be recorded yet.
   */
  open(attempt: RedeemedAttempt): void {
    if (!this.#entries.has(attempt.attempt_id))
      this.#entries.set(attempt.attempt_id, this.#begin(attempt.attempt_id, attempt));
  }

  /**
   * The session of an attempt after it has caught up with the journal, to which another process may have added, and
   * has ended if its time is over.
   * @throws UnreplayableJournal, and as `get` does
   */
  async current(attempt_id: string): Promise<Session> {
    const session = await this.get(attempt_id);
    await session.catchUp();
    return session;
  }

  /** The session of an attempt, if it is already loaded. */
  peek(attempt_id: string): Session | undefined {
    return this.#entries.get(attempt_id)?.session;
  }

  /** Removes the session of an attempt, so that the next call loads it anew. */
  forget(attempt_id: string): void {
    this.#entries.delete(attempt_id);
  }

  /** All sessions that are loaded now. */
  listLoaded(): Session[] {
    return [...this.#entries.values()].flatMap(({ session }) => session ?? []);
  }

  /**
   * Removes sessions that have been idle too long, and the longest idle ones if there are too many. They are not
   * stopped, because a caller that has just got one may still use it. That is harmless, like use by another
   * process; afterwards the session is garbage collected.
   */
  evict(now = performance.now()): void {
    let surplus = this.#entries.size - this.#limits.maxSessions;
    for (const [attempt_id, { session, lastUsed }] of this.#entries) {
      const tooOld = now - lastUsed >= this.#limits.idleMs;
      if (!tooOld && surplus <= 0) return;
      if (!session?.isIdle) continue;
      this.#entries.delete(attempt_id);
      surplus -= 1;
    }
  }

  /** Resolves when all sessions are idle, or after `deadlineMs`. */
  async settle(deadlineMs: number): Promise<void> {
    const end = performance.now() + deadlineMs;
    const isBusy = ({ session }: Entry) => session && !session.isIdle;
    while ([...this.#entries.values()].some(isBusy) && performance.now() < end) await setTimeout(20);
  }

  /** Stops all sessions. Their work must have ended before. */
  stop(): void {
    for (const { session } of this.#entries.values()) session?.stop();
    this.#entries.clear();
  }

  #begin(attempt_id: string, redeemed?: RedeemedAttempt): Entry {
    if (this.#entries.size > this.#limits.maxSessions) this.evict();
    const entry: Entry = {
      session: undefined,
      lastUsed: performance.now(),
      loading: this.#load(attempt_id, redeemed),
    };
    entry.loading.then(
      (session) => {
        entry.session = session;
      },
      () => this.#entries.delete(attempt_id),
    );
    return entry;
  }
}
