import { LRUCache } from 'lru-cache';
import { ObjectId } from 'mongodb';
import type { Logger } from 'pino';
import { machines } from '../machines/index.ts';
import { refreshTokens, users } from './accounts/collections.ts';
import { type Accounts, createAccounts } from './accounts/create-accounts.ts';
import { TokenSigner } from './accounts/jwt.ts';
import { KnownPlaces } from './accounts/known-places.ts';
import { LogInDelays, noDelays } from './accounts/log-in-delays.ts';
import { RefreshTokens } from './accounts/refresh-tokens.ts';
import { UserStore } from './accounts/user-store.ts';
import { isRedeemed } from './attempts/attempt.ts';
import { AttemptFeed } from './attempts/session/feed.ts';
import { loadSession, type SessionSources } from './attempts/session/load-session.ts';
import { SessionRegistry } from './attempts/session/session-registry.ts';
import type { SessionServices } from './attempts/session/session-services.ts';
import { AccessStore } from './attempts/stored/access-store.ts';
import { AttemptList } from './attempts/stored/attempt-list.ts';
import { AttemptProjector } from './attempts/stored/attempt-projector.ts';
import { AttemptStore } from './attempts/stored/attempt-store.ts';
import { ClientClockStore } from './attempts/stored/client-clock-store.ts';
import { taskAttempts } from './attempts/stored/collection.ts';
import { Reconciler } from './attempts/upkeep/reconciler.ts';
import { Audit } from './audit/audit.ts';
import { AuditLogStore } from './audit/audit-log-store.ts';
import { auditLog } from './audit/collection.ts';
import { ExpiryClock, SteadyClock } from './clock.ts';
import type { Config } from './config.ts';
import type { Database } from './database/connection.ts';
import { logCheckpoints, logEntries, logLeases } from './evidence/log/collections.ts';
import { LogKeeper } from './evidence/log/log-keeper.ts';
import { LogLeaseStore } from './evidence/log/log-lease-store.ts';
import { LogStore } from './evidence/log/log-store.ts';
import { PendingLeavesStore } from './evidence/log/pending-leaves-store.ts';
import { ClientAddresses } from './http/client-address.ts';
import { createRateLimits, type RateLimits } from './http/rate-limits.ts';
import { AttemptKeyStore } from './journal/attempt-key-store.ts';
import { attemptKeys, behaviorEvents } from './journal/collection.ts';
import { Journal } from './journal/journal.ts';
import { attemptSeals, computedMetrics, skillProfiles } from './results/collections.ts';
import { type FinaliseServices, withComputations } from './results/finalise.ts';
import { ResultStore } from './results/result-store.ts';
import { SealStore } from './results/seal-store.ts';
import { TooLargeAttempts } from './results/too-large.ts';
import { options as taskOptions, tasks as taskVersions } from './tasks/collections.ts';
import { TaskStore } from './tasks/task-store.ts';
import { Telemetry } from './telemetry/telemetry.ts';
import { issuingQuotas } from './tokens/collections.ts';
import { IssuingQuotaStore } from './tokens/issuing-quota-store.ts';
import { TokenStore } from './tokens/token-store.ts';
import { Tokens } from './tokens/tokens.ts';

/** Everything that lives as long as the server and is shared by all requests. */
export interface Services {
  config: Config;
  log: Logger;
  database: Database;
  audit: Audit;
  accounts: Accounts;
  tasks: TaskStore;
  tokens: Tokens;
  attempts: AttemptStore;
  access: AccessStore;
  attemptList: AttemptList;
  projector: AttemptProjector;
  journal: Journal;
  keys: AttemptKeyStore;
  feed: AttemptFeed;
  sessions: SessionRegistry;
  reconciler: Reconciler;
  /** The clock by which events are judged and recorded. */
  now(): Date;
  /** The time by which attempts and tokens expire. */
  expiryClock: ExpiryClock;
  results: ResultStore;
  seals: SealStore;
  logStore: LogStore;
  logKeeper: LogKeeper;
  tooLarge: TooLargeAttempts;
  telemetry: Telemetry;
  limits: RateLimits;
  /** Who sent a request. */
  clients: ClientAddresses;
}

/** How many events of one attempt may wait; a front end that sends more is told to slow down. */
const MAILBOX_CAPACITY = 256;
/** Maximum number of attempts remembered as having too many events, so that each is logged only once. */
const MAX_OVERFULL = 10_000;

/** At least 32 bytes each. */
export interface Secrets {
  /** Signs tokens. */
  jwt: string;
  /** From which the key follows that signs the public log. */
  signing: string;
}

/** Wires the parts together without starting anything. */
export function createServices(config: Config, database: Database, secrets: Secrets, log: Logger): Services {
  const clock = new SteadyClock();
  const now = () => clock.now();
  const expiryClock = new ExpiryClock();
  const audit = new Audit(new AuditLogStore(database.collection(auditLog)), log);
  const storedAttempts = database.collection(taskAttempts);
  const access = new AccessStore(storedAttempts, now);
  const clients = new ClientAddresses(config.trustedProxies, log);
  const userStore = new UserStore(database.collection(users));
  const accounts = createAccounts(
    userStore,
    new RefreshTokens(database.collection(refreshTokens), now),
    new TokenSigner(secrets.jwt, now),
    (attempt_id) => access.current(attempt_id),
    config.rateLimits ? new LogInDelays() : noDelays,
    new KnownPlaces(userStore, secrets.jwt),
  );
  const tasks = new TaskStore(database.collection(taskVersions), database.collection(taskOptions));
  const clientClocks = new ClientClockStore(storedAttempts);
  const projector = new AttemptProjector(storedAttempts, (operation) => database.availability.run(operation));
  const attempts = new AttemptStore(storedAttempts, projector);
  const keys = new AttemptKeyStore(database.collection(attemptKeys), database.availability);
  const tokens = new Tokens(
    new TokenStore(storedAttempts),
    attempts,
    tasks,
    keys,
    accounts.users,
    new IssuingQuotaStore(database.collection(issuingQuotas), config.tokensPerDay),
    { ...config, now },
  );
  const journal = new Journal(
    database.collection(behaviorEvents),
    database.availability,
    keys,
    database.reservedCollection(behaviorEvents),
  );
  const results = new ResultStore(database.collection(computedMetrics), database.collection(skillProfiles));
  const storedSeals = database.collection(attemptSeals);
  const seals = new SealStore(storedSeals);
  const logStore = new LogStore(database.collection(logEntries), database.collection(logCheckpoints));
  const logKeeper = new LogKeeper({
    lease: new LogLeaseStore(database.collection(logLeases)),
    store: logStore,
    pending: new PendingLeavesStore(storedAttempts, storedSeals),
    signingSecret: secrets.signing,
  });
  const tooLarge = new TooLargeAttempts();
  const feed = new AttemptFeed();
  const telemetry = new Telemetry();
  const overfull = new LRUCache<string, true>({ max: MAX_OVERFULL });

  const computations: FinaliseServices = {
    // The session is nearly always loaded, and an attempt's owner never changes.
    facts: async (attempt_id) => {
      const loaded = sessions.peek(attempt_id)?.attempt;
      if (loaded) return loaded;
      const stored = await attempts.find(attempt_id);
      if (!stored || !isRedeemed(stored)) throw new Error(`Attempt ${attempt_id} was never redeemed.`);
      return stored;
    },
    journal,
    projector,
    tasks,
    results,
    seals,
    tooLarge,
    onLocked: (completed_at) => telemetry.noteCompletion((now().getTime() - completed_at.getTime()) / 1000),
    onTooLarge: (attempt_id) => reconciler.setAside(attempt_id),
    log,
  };
  const provided = new Map(
    [...machines].map(([id, machine]) => [id, withComputations(machine, computations)]),
  );
  const sources: SessionSources = {
    findAttempt: (attempt_id) => attempts.find(attempt_id),
    task: (task_id) => tasks.get(task_id),
    findKey: (attempt_id) => keys.find(attempt_id),
    machine: (id) => {
      const machine = provided.get(id);
      if (!machine) throw new Error(`No machine "${id}" is published here.`);
      return machine;
    },
  };
  const sessionServices: SessionServices = {
    journal: telemetry.observe(journal),
    feed,
    projector,
    onUncertain: (attempt_id, sequence_number) => reconciler.add(attempt_id, { awaited: sequence_number }),
    onClockAhead: (attempt_id, aheadMs) => clientClocks.note(attempt_id, aheadMs),
    onOverfull: (attempt_id, { events, bytes }) => {
      if (overfull.has(attempt_id)) return;
      overfull.set(attempt_id, true);
      log.warn({ attempt_id, events, bytes }, 'An attempt has recorded more than fits into one today');
    },
    onActorFailed: (attempt_id, err) => log.error({ err, attempt_id }, 'The actor of an attempt failed'),
    clock: { now, latest: () => clock.latest(), hasPassed: (moment) => moment <= expiryClock.now() },
    correctsClientClocks: config.correctsClientClocks,
    newEventId: () => new ObjectId().toHexString(),
    mailboxCapacity: MAILBOX_CAPACITY,
  };
  const sessions = new SessionRegistry(
    (attempt_id, redeemed) => loadSession(attempt_id, sources, sessionServices, redeemed),
    {
      idleMs: config.sessionIdleSeconds * 1000,
      maxSessions: config.maxSessions,
    },
  );
  const reconciler = new Reconciler({
    database: database.availability,
    sessions,
    attempts,
    journal,
    projector,
    feed,
    log,
  });
  telemetry.gauge('sos_sessions_open', 'Attempts in memory.', () => sessions.size);
  telemetry.gauge('sos_journal_waiting', 'Events that wait to be written.', () => journal.waiting);
  return {
    config,
    log,
    database,
    audit,
    accounts,
    tasks,
    tokens,
    attempts,
    access,
    attemptList: new AttemptList(storedAttempts),
    projector,
    journal,
    keys,
    feed,
    sessions,
    reconciler,
    now,
    expiryClock,
    results,
    seals,
    logStore,
    logKeeper,
    tooLarge,
    telemetry,
    limits: createRateLimits(config, clients),
    clients,
  };
}
