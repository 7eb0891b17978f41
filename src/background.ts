import { Expiry } from './attempts/upkeep/expiry.ts';
import { Recovery } from './attempts/upkeep/recovery.ts';
import { RemoteEvents } from './attempts/upkeep/remote-events.ts';
import { Presence } from './database/presence.ts';
import { serverInstances } from './database/server-instances.ts';
import { Periodic } from './periodic.ts';
import type { Services } from './services.ts';

/** Milliseconds between two turns of each job. */
const HEARTBEAT_MS = 2000;
/** Short enough for watchers to see events of other processes well within half a second. */
const REMOTE_EVENTS_MS = 150;
/** Few attempts need reconciling, and a turn without any costs nothing. */
const RECONCILE_MS = 100;
const PROJECTION_MS = 30;
const EXPIRY_MS = 5000;
const RECOVERY_MS = 15_000;
const EVICTION_MS = 30_000;
/** Repetitions are counted by the minute. */
const AUDIT_MS = 2000;
/** A result can be proved after this time at the latest. */
const LOG_MS = 1000;
/** After this time at the latest an access token that was replaced elsewhere is refused here. */
const ACCESS_MS = 5000;

/** The server's background jobs. */
export interface Background {
  /** Resolves when no job is running and none will start. */
  stop(): Promise<void>;
  /** Tells other processes that this one leaves nothing undone. They check up on any that ends without saying so. */
  leave(): Promise<void>;
}

/**
 * Starts all background jobs. Resolves once other processes can see this one. It must not take events before
 * that, because watchers in the other processes would miss them.
 */
export async function startBackground(services: Services): Promise<Background> {
  const { access, accounts, audit, database, expiryClock, log, logKeeper, projector, reconciler, sessions } =
    services;
  const presence = new Presence(database.collection(serverInstances));
  const expiry = new Expiry(services);
  const recovery = new Recovery({ ...services, presence });
  const remoteEvents = new RemoteEvents({ ...services, presence });
  expiryClock.follow(await presence.beat());
  await access.refresh();
  const jobs = [
    new Periodic('The heartbeat', HEARTBEAT_MS, log, async () => expiryClock.follow(await presence.beat())),
    new Periodic('Looking for events of other processes', REMOTE_EVENTS_MS, log, () => remoteEvents.look()),
    new Periodic('Bringing attempts up to their journals', RECONCILE_MS, log, () => reconciler.run()),
    new Periodic('Writing stored attempts', PROJECTION_MS, log, () => projector.flush()),
    new Periodic('Expiring attempts', EXPIRY_MS, log, async () => {
      const databaseTime = await presence.beat();
      expiryClock.follow(databaseTime);
      await expiry.sweep(expiryClock.now(), databaseTime);
      await accounts.refreshTokens.deleteExpired(expiryClock.now());
    }),
    new Periodic('Reading renewed access', ACCESS_MS, log, () => access.refresh()),
    new Periodic('Writing the audit log', AUDIT_MS, log, () => audit.writeDue()),
    new Periodic('Keeping the public log', LOG_MS, log, () => logKeeper.run()),
    new Periodic('Recovery', RECOVERY_MS, log, () => recovery.run()),
    new Periodic('Eviction', EVICTION_MS, log, async () => sessions.evict()),
  ];
  for (const job of jobs) job.start();
  return {
    stop: async () => {
      await Promise.all(jobs.map((job) => job.stop()));
      await logKeeper
        .leave()
        .catch((err: unknown) => log.warn({ err }, 'The lease of the log runs out by itself'));
    },
    leave: () => presence.leave(),
  };
}
