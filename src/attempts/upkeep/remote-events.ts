import type { Presence } from '../../database/presence.ts';
import type { Journal } from '../../journal/journal.ts';
import type { AttemptFeed } from '../session/feed.ts';
import type { SessionRegistry } from '../session/session-registry.ts';
import type { Reconciler } from './reconciler.ts';

/** Maximum number of watched attempts looked up in the journal by one query. */
const GROUP = 200;

export interface RemoteEventsServices {
  presence: Pick<Presence, 'hasPeers'>;
  feed: AttemptFeed;
  journal: Pick<Journal, 'attemptsAhead'>;
  sessions: Pick<SessionRegistry, 'peek'>;
  reconciler: Reconciler;
}

/**
 * Finds watched attempts for which other processes have recorded events. It asks the journal: that works on every
 * kind of MongoDB and never shows an event that is not recorded. Without watchers it does nothing, and without other
 * processes it does not query the journal. It looks once more after the last of them has left, which may have recorded
 * events since the look before.
 */
export class RemoteEvents {
  readonly #services: RemoteEventsServices;
  /** The last known event number of each attempt that was watched at the last look. */
  #known = new Map<string, number>();
  /** Whether there may have been other processes since the last look. */
  #hadPeers = true;

  constructor(services: RemoteEventsServices) {
    this.#services = services;
  }

  /** Looks once; must be called regularly. */
  async look(): Promise<void> {
    const { feed, presence, journal, reconciler } = this.#services;
    const watched = feed.watchedAttempts.filter((attempt_id) => !reconciler.isSetAside(attempt_id));
    if (watched.length === 0) {
      this.#hadPeers = true;
      return;
    }
    const hasPeers = await presence.hasPeers();
    if (!hasPeers && !this.#hadPeers) return;
    this.#known = new Map(watched.map((attempt_id) => [attempt_id, this.#lastKnown(attempt_id)]));
    for (let start = 0; start < watched.length; start += GROUP) {
      const group = watched.slice(start, start + GROUP);
      const moved = await journal.attemptsAhead(new Map(group.map((id) => [id, this.#known.get(id) ?? 0])));
      for (const attempt_id of moved) reconciler.add(attempt_id);
    }
    this.#hadPeers = hasPeers;
    await reconciler.run();
  }

  #lastKnown(attempt_id: string): number {
    const session = this.#services.sessions.peek(attempt_id);
    return session?.state.context.sequence_number ?? this.#known.get(attempt_id) ?? 0;
  }
}
