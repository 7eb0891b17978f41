import type { Logger } from 'pino';
import { UnreplayableJournal } from './replay.ts';
import type { Session } from './session.ts';

/**
 * A write whose answer was lost may reach the disk after the database can be read again: a server that was
 * stopped, or a network that held packets back, carries out late what it was asked for long ago.
 */
const LOOKS = 4;
/** Milliseconds between two looks. */
const PAUSE_MS = 1000;

/** The sessions that do not know whether their last event was stored, until the journal has told them. */
export class UncertainSessions {
  readonly #log: Logger;
  readonly #waiting = new Map<Session, { left: number; dueAt: number }>();

  constructor(log: Logger) {
    this.#log = log;
  }

  add(session: Session): void {
    this.#waiting.set(session, { left: LOOKS, dueAt: 0 });
  }

  /**
   * Lets those that are due catch up, so that watchers learn of an event that was stored although its sender
   * was told that this is not known. @throws the first error that is not one attempt's own.
   */
  async look(now = Date.now()): Promise<void> {
    for (const [session, entry] of [...this.#waiting]) {
      if (entry.dueAt > now) continue;
      try {
        await session.catchUp();
      } catch (err) {
        if (!(err instanceof UnreplayableJournal)) throw err;
        const { attempt_id } = session.attempt;
        this.#log.error({ err: err.cause, attempt_id }, 'The journal of an attempt cannot be replayed');
        entry.left = 0;
      }
      entry.left -= 1;
      entry.dueAt = now + PAUSE_MS;
      // A write that failed meanwhile has put the session in anew.
      if (entry.left <= 0 && this.#waiting.get(session) === entry) this.#waiting.delete(session);
    }
  }
}
