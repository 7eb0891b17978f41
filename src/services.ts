import { ObjectId } from 'mongodb';
import type { Logger } from 'pino';
import { machines } from '../machines/index.ts';
import { refreshTokens, users } from './accounts/collections.ts';
import { type Accounts, createAccounts } from './accounts/create-accounts.ts';
import { RefreshTokens } from './accounts/refresh-tokens.ts';
import { UserStore } from './accounts/user-store.ts';
import { AttemptStore } from './attempts/attempt-store.ts';
import { taskAttempts } from './attempts/collection.ts';
import { AttemptFeed } from './attempts/feed.ts';
import { loadSession, type SessionSources } from './attempts/load-session.ts';
import type { SessionServices } from './attempts/session.ts';
import { SessionRegistry } from './attempts/session-registry.ts';
import { UncertainSessions } from './attempts/uncertain-sessions.ts';
import { AuditLogStore } from './audit/audit-log-store.ts';
import { auditLog } from './audit/collection.ts';
import type { Config } from './config.ts';
import type { Database } from './database/connection.ts';
import { behaviorEvents } from './journal/collection.ts';
import { Journal } from './journal/journal.ts';
import { computedMetrics, skillProfiles } from './results/collections.ts';
import { type FinaliseServices, withComputations } from './results/finalise.ts';
import { ResultStore } from './results/result-store.ts';
import { options as taskOptions, tasks as taskVersions } from './tasks/collections.ts';
import { TaskStore } from './tasks/task-store.ts';
import { TokenStore } from './tokens/token-store.ts';
import { Tokens } from './tokens/tokens.ts';

/** Everything that lives as long as the server does and is shared by its requests. */
export interface Services {
  config: Config;
  log: Logger;
  database: Database;
  audit: AuditLogStore;
  accounts: Accounts;
  tasks: TaskStore;
  tokens: Tokens;
  attempts: AttemptStore;
  journal: Journal;
  feed: AttemptFeed;
  sessions: SessionRegistry;
  uncertain: UncertainSessions;
  results: ResultStore;
}

/** Events of one attempt that may wait for their turn; a front end that sends more is told to slow down. */
const MAILBOX_CAPACITY = 256;

/** Puts the parts together; nothing is started by it. @param jwtSecret at least 32 bytes */
export function createServices(config: Config, database: Database, jwtSecret: string, log: Logger): Services {
  const audit = new AuditLogStore(database.collection(auditLog));
  const accounts = createAccounts(
    new UserStore(database.collection(users)),
    new RefreshTokens(database.collection(refreshTokens)),
    jwtSecret,
    audit,
  );
  const tasks = new TaskStore(database.collection(taskVersions), database.collection(taskOptions));
  const storedAttempts = database.collection(taskAttempts);
  const attempts = new AttemptStore(storedAttempts, (operation) => database.availability.run(operation));
  const tokens = new Tokens(new TokenStore(storedAttempts), tasks, accounts.users, config);
  const journal = new Journal(database.collection(behaviorEvents), database.availability);
  const results = new ResultStore(database.collection(computedMetrics), database.collection(skillProfiles));
  const feed = new AttemptFeed();
  const uncertain = new UncertainSessions(log);

  const computations: FinaliseServices = {
    // Who is computed for is nearly always loaded, and whose attempt it is never changes.
    attempts: {
      facts: async (attempt_id) => {
        const attempt = sessions.peek(attempt_id)?.attempt ?? (await attempts.find(attempt_id));
        if (!attempt?.user_id) throw new Error(`Attempt ${attempt_id} was never redeemed.`);
        return { ...attempt, user_id: attempt.user_id };
      },
      lock: (attempt_id, projection) => attempts.lock(attempt_id, projection),
    },
    ...{ journal, tasks, results, log },
  };
  const provided = new Map(
    [...machines].map(([id, machine]) => [id, withComputations(machine, computations)]),
  );
  const sources: SessionSources = {
    findAttempt: (attempt_id) => attempts.find(attempt_id),
    task: (task_id) => tasks.get(task_id),
    machine: (id) => {
      const machine = provided.get(id);
      if (!machine) throw new Error(`No machine "${id}" is published here.`);
      return machine;
    },
  };
  const sessionServices: SessionServices = {
    journal,
    feed,
    project: (attempt_id, change, isOwn) => attempts.project(attempt_id, change, isOwn),
    onUncertain: (session) => uncertain.add(session),
    now: () => new Date(),
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
  return {
    ...{ config, log, database, audit, accounts, tasks, tokens, attempts },
    ...{ journal, feed, sessions, uncertain, results },
  };
}
