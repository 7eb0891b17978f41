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
import { LiveTurns } from './live-turns.ts';

/** Maximum number of events read at once for a watcher that is catching up; about 34 KB when they are told. */
const PAGE = 200;
/**
 * How many connections are admitted at once; fewer than there are connections to the database. After a restart all front
 * ends reconnect at the same time, and candidates' events must not wait behind all of them.
 */
const ADMISSIONS = { atOnce: 4, atOncePerCaller: 2, waiting: 5000, waitingPerCaller: 500 };
/** How many pages are read at once for watchers that are catching up. Each socket waits for one page at most. */
const PAGES = {
  atOnce: 2,
  atOncePerCaller: 1,
  waiting: Number.POSITIVE_INFINITY,
  waitingPerCaller: Number.POSITIVE_INFINITY,
};

export interface WatchSourcesServices {
  feed: AttemptFeed;
  attempts: AttemptStore;
  sessions: SessionRegistry;
  journal: Journal;
  reconciler: Reconciler;
}

/** What the live channel reads, and the turns in which it does so. */
export interface LiveSources {
  /** Catching up has turns of its own, so that however much is read, nobody waits long to be admitted. */
  admissions: LiveTurns;
  /**
   * @param user_id for whom a watcher reads
   * @param gone aborted when nobody wants to be told any more
   */
  sourcesFor(user_id: string, gone: AbortSignal): WatchSources;
}

export function liveSources(services: WatchSourcesServices): LiveSources {
  const { feed, attempts, sessions, journal } = services;
  const pages = new LiveTurns(PAGES);
  const sourcesFor = (user_id: string, gone: AbortSignal): WatchSources => ({
    feed,
    inTurn: (work) => pages.run(user_id, gone, work),
    read: (attempt_id, after) => journal.readHeads(attempt_id, { after, limit: PAGE }),
    view: async (attempt_id) => {
      const attempt = await attempts.find(attempt_id);
      if (!attempt) throw notFound('There is no such attempt.');
      if (!isRedeemed(attempt)) return unredeemedView(attempt);
      return journaledView(await sessions.get(attempt_id), services);
    },
  });
  return { admissions: new LiveTurns(ADMISSIONS), sourcesFor };
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
  // Whoever asks when the time is over is told so; the sweep would end the attempt only some seconds later.
  if (session.isOverdue) return (await sessions.current(attempt_id)).view;
  const last = await journal.lastNumber(attempt_id);
  const { state } = session;
  const known = state.context.sequence_number;
  if (known >= last) return viewOf(state);
  reconciler.add(attempt_id);
  // Expiry is a final state and is not recorded, so only the session can return to the state before it.
  if (state.status !== 'active') return (await sessions.current(attempt_id)).view;
  return viewOf(await replayStream(state.machine, state, journal.read(attempt_id, { after: known })));
}
