import pLimit from 'p-limit';
import { isRedeemed } from '../attempts/attempt.ts';
import { unredeemedView } from '../attempts/attempt-view.ts';
import type { AttemptFeed, AttemptView } from '../attempts/session/feed.ts';
import { viewOf } from '../attempts/session/machine-state.ts';
import { replayStream } from '../attempts/session/replay.ts';
import type { Session } from '../attempts/session/session.ts';
import type { SessionRegistry } from '../attempts/session/session-registry.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import type { Reconciler } from '../attempts/upkeep/reconciler.ts';
import { notFound } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { WatchSources } from './attempt-watcher.ts';

/** Maximum number of events read at once for a watcher that is catching up; about 34 KB when they are told. */
const PAGE = 200;
/**
 * How many watchers may use the database at once; fewer than there are connections to it. After a restart all front
 * ends reconnect at the same time, and candidates' events must not wait behind all of them.
 */
const AT_ONCE = 6;

export interface WatchSourcesServices {
  feed: AttemptFeed;
  attempts: AttemptStore;
  sessions: SessionRegistry;
  journal: Journal;
  reconciler: Reconciler;
}

export function watchSources(services: WatchSourcesServices): WatchSources {
  const { feed, attempts, sessions, journal } = services;
  const turns = pLimit(AT_ONCE);
  return {
    feed,
    inTurn: (work) => turns(work),
    read: (attempt_id, after) => journal.readHeads(attempt_id, { after, limit: PAGE }),
    view: async (attempt_id) => {
      const attempt = await attempts.find(attempt_id);
      if (!attempt) throw notFound('There is no such attempt.');
      if (!isRedeemed(attempt)) return unredeemedView(attempt);
      return journaledView(await sessions.get(attempt_id), services);
    },
  };
}

/**
 * The attempt as its journal has it. The session may lag behind, because another process records events, or because an
 * event is being stored right now. Waiting until the session has caught up could take as long as all events in its
 * mailbox, so the missing events are only replayed.
 */
async function journaledView(
  session: Session,
  { journal, sessions, reconciler }: WatchSourcesServices,
): Promise<AttemptView> {
  const { attempt_id } = session.attempt;
  const last = await journal.lastNumber(attempt_id);
  const { state } = session;
  const known = state.context.sequence_number;
  if (known >= last) return viewOf(state);
  reconciler.add(attempt_id);
  // Expiry is a final state and is not recorded, so only the session can return to the state before it.
  if (state.status !== 'active') return (await sessions.current(attempt_id)).view;
  return viewOf(await replayStream(state.machine, state, journal.read(attempt_id, { after: known })));
}
