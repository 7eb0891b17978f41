import { setTimeout } from 'node:timers/promises';
import type { RedeemedAttempt } from '../attempt.ts';
import type { Session } from './session.ts';

/** When a session that nobody uses is ended. */
export interface EvictionLimits {
  /** Milliseconds since its last use. */
  idleMs: number;
  /** How many sessions may be kept; the least recently used idle ones go first. */
  maxSessions: number;
}

/** @param redeemed the attempt where it is known, and nothing can be recorded of it yet. */
export type LoadSession = (attempt_id: string, redeemed?: RedeemedAttempt) => Promise<Session>;

interface Entry {
  loading: Promise<Session>;
  session: Session | undefined;
  lastUsed: number;
}

/**
 * The sessions of this process, each loaded once however many ask for it at the same time. It creates them on
 * demand and ends those that are idle; a session that was ended is loaded again from the journal when needed.
 */
export class SessionRegistry {
  /** In the order of last use, the longest unused first. */
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

  /** The session of an attempt, loaded if need be. @throws whatever loading throws; the next call tries again. */
  get(attempt_id: string): Promise<Session> {
    const known = this.#entries.get(attempt_id);
    const entry = known && !known.session?.hasFailed ? known : this.#begin(attempt_id);
    entry.lastUsed = Date.now();
    this.#entries.delete(attempt_id);
    this.#entries.set(attempt_id, entry);
    return entry.loading;
  }

  /**
   * Begins the session of an attempt that was redeemed just now: nothing can be recorded of it yet, so that nothing
   * need be read, and its candidate is about to post the first event.
   */
  open(attempt: RedeemedAttempt): void {
    if (!this.#entries.has(attempt.attempt_id))
      this.#entries.set(attempt.attempt_id, this.#begin(attempt.attempt_id, attempt));
  }

  /**
   * The session of an attempt, brought up to its journal: another process may have recorded what it has not seen.
   * @throws UnreplayableJournal, and as `get`
   */
  async current(attempt_id: string): Promise<Session> {
    const session = await this.get(attempt_id);
    await session.catchUp();
    return session;
  }

  /** The session of an attempt if it is loaded already. */
  peek(attempt_id: string): Session | undefined {
    return this.#entries.get(attempt_id)?.session;
  }

  /** Every session that is loaded now. */
  loaded(): Session[] {
    return [...this.#entries.values()].flatMap(({ session }) => session ?? []);
  }

  /**
   * Lets go of the sessions that are idle for too long or too many. They are not stopped: whoever was given one
   * just now may still use it, which is as if another process did; afterwards nothing refers to it any more.
   */
  evict(now = Date.now()): void {
    let surplus = this.#entries.size - this.#limits.maxSessions;
    for (const [attempt_id, { session, lastUsed }] of this.#entries) {
      const tooOld = now - lastUsed >= this.#limits.idleMs;
      if (!tooOld && surplus <= 0) return;
      if (!session?.isIdle) continue;
      this.#entries.delete(attempt_id);
      surplus -= 1;
    }
  }

  /** Resolves when no session has anything under way, or after `deadlineMs`. */
  async settle(deadlineMs: number): Promise<void> {
    const end = Date.now() + deadlineMs;
    const isBusy = ({ session }: Entry) => session && !session.isIdle;
    while ([...this.#entries.values()].some(isBusy) && Date.now() < end) await setTimeout(20);
  }

  /** Ends every session; what they were doing must have ended before. */
  stop(): void {
    for (const { session } of this.#entries.values()) session?.stop();
    this.#entries.clear();
  }

  #begin(attempt_id: string, redeemed?: RedeemedAttempt): Entry {
    if (this.#entries.size > this.#limits.maxSessions) this.evict();
    const entry: Entry = {
      session: undefined,
      lastUsed: Date.now(),
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
