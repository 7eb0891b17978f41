import type { Logger } from 'pino';
import type { Presence } from '../database/presence.ts';
import type { Journal } from '../journal/journal.ts';
import type { AttemptFeed } from './feed.ts';
import { UnreplayableJournal } from './replay.ts';
import type { SessionRegistry } from './session-registry.ts';

/** Watched attempts looked up in the journal by one query. */
const GROUP = 200;

export interface RemoteEventsServices {
  presence: Presence;
  feed: AttemptFeed;
  journal: Journal;
  sessions: SessionRegistry;
  log: Logger;
}

/**
 * Brings events that other processes have recorded to the watchers in this one, by asking the journal itself:
 * that works on every kind of MongoDB, and cannot show what is not recorded. Without watchers, or without other
 * processes, the journal is not asked at all.
 */
export class RemoteEvents {
  readonly #services: RemoteEventsServices;
  /** Last number told of watched attempts whose session is not loaded. */
  #known = new Map<string, number>();
  /** Watched attempts whose journal cannot be replayed: there is nothing to bring, and the log has it. */
  readonly #damaged = new Set<string>();

  constructor(services: RemoteEventsServices) {
    this.#services = services;
  }

  /** One look; to be taken every so often. */
  async look(): Promise<void> {
    const { feed, presence, journal } = this.#services;
    const watched = feed.watched.filter((attempt_id) => !this.#damaged.has(attempt_id));
    if (watched.length === 0 || !(await presence.hasPeers())) return;
    this.#known = new Map(watched.map((attempt_id) => [attempt_id, this.#lastKnown(attempt_id)]));
    for (let start = 0; start < watched.length; start += GROUP) {
      const group = watched.slice(start, start + GROUP);
      const moved = await journal.movedOn(new Map(group.map((id) => [id, this.#known.get(id) ?? 0])));
      for (const attempt_id of moved) await this.#bringUnlessDamaged(attempt_id);
    }
  }

  #lastKnown(attempt_id: string): number {
    const session = this.#services.sessions.peek(attempt_id);
    return session?.state.context.sequence_number ?? this.#known.get(attempt_id) ?? 0;
  }

  async #bringUnlessDamaged(attempt_id: string): Promise<void> {
    try {
      await this.#bring(attempt_id);
    } catch (err) {
      if (!(err instanceof UnreplayableJournal)) throw err;
      this.#damaged.add(attempt_id);
      this.#services.log.error(
        { err: err.cause, attempt_id },
        'The journal of an attempt cannot be replayed',
      );
    }
  }

  async #bring(attempt_id: string): Promise<void> {
    const { sessions, feed } = this.#services;
    const session = await sessions.get(attempt_id);
    await session.catchUp();
    this.#known.set(attempt_id, session.view.sequence_number);
    feed.publish(attempt_id, { kind: 'journal_moved', view: session.view });
  }
}
