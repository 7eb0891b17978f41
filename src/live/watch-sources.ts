import { isRedeemed } from '../attempts/attempt.ts';
import { unredeemedView } from '../attempts/attempt-view.ts';
import type { AttemptFeed } from '../attempts/session/feed.ts';
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
  return {
    feed,
    read: (attempt_id, after) => journal.read(attempt_id, { after, limit: PAGE }),
    view: async (attempt_id) => {
      const attempt = await attempts.find(attempt_id);
      if (!attempt) throw notFound('There is no such attempt.');
      return isRedeemed(attempt) ? (await sessions.get(attempt_id)).view : unredeemedView(attempt);
    },
  };
}
