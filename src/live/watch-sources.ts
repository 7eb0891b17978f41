import { type Attempt, isRedeemed } from '../attempts/attempt.ts';
import { unredeemedView } from '../attempts/attempt-view.ts';
import type { AttemptFeed, AttemptView } from '../attempts/session/feed.ts';
import { Session } from '../attempts/session/session.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import { notFound } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { WatchSources } from './attempt-watcher.ts';

/** Maximum number of events read at once for a watcher that is catching up. */
const PAGE = 500;

export function watchSources(services: {
  feed: AttemptFeed;
  attempts: AttemptStore;
  sessions: SessionRegistry;
  journal: Journal;
}): WatchSources {
  const { feed, attempts, sessions, journal } = services;
  /** The attempt's session, or the attempt itself if it has none yet. */
  const find = async (attempt_id: string): Promise<Session | Attempt> => {
    const attempt = await attempts.find(attempt_id);
    if (!attempt) throw notFound('There is no such attempt.');
    return isRedeemed(attempt) ? sessions.get(attempt_id) : attempt;
  };
  return {
    feed,
    read: (attempt_id, after) => journal.read(attempt_id, { after, limit: PAGE }),
    view: async (attempt_id) => viewOf(await find(attempt_id)),
    currentView: async (attempt_id) => {
      const found = await find(attempt_id);
      if (found instanceof Session) {
        const last = await journal.lastNumber(attempt_id);
        // Only a session that lags is asked to catch up, because that waits behind the events in its mailbox.
        if (found.view.sequence_number < last) await found.catchUp();
      }
      return viewOf(found);
    },
  };
}

const viewOf = (found: Session | Attempt): AttemptView =>
  found instanceof Session ? found.view : unredeemedView(found);
