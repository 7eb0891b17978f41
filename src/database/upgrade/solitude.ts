import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Db, MongoServerError } from 'mongodb';
import type { Logger } from 'pino';
import { isExistingCollection } from '../errors.ts';
import { GONE_AFTER_MS } from '../presence.ts';
import { serverInstances } from '../server-instances.ts';
import { DatabaseRefused } from './database-refused.ts';

/** Milliseconds to wait for other processes to end, or to count as gone if they were killed. */
const PATIENCE_MS = 2 * GONE_AFTER_MS;
/** Milliseconds between two looks; every running process gives a sign of life within this time. */
const PAUSE_MS = 3000;
/** Where the entries of running processes are kept while no other process may start. */
const SET_ASIDE = `${serverInstances.name}.set-aside`;
/** A validator that refuses every entry. A server of any release must make its entry before it takes events. */
const CLOSED = { $expr: false };
const NAMESPACE_NOT_FOUND = 26;

/**
 * Runs `work` while no other server process uses the database, and lets none start meanwhile. That includes servers of
 * earlier releases, which know nothing of leases: they cannot make their entry in `server_instances`, and they take
 * no events before that.
 * @throws DatabaseRefused if others still use the database after 20 s.
 */
export async function whileAlone(db: Db, log: Logger, work: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let others = await shutOut(db); others > 0; others = await shutOut(db)) {
    if (performance.now() > deadline) {
      throw new DatabaseRefused(
        `The database "${db.databaseName}" must be upgraded, which this MongoDB engine cannot do while other ` +
          `servers use it (${others} now): stop them, then start this one again.`,
      );
    }
    log.warn({ others }, 'Waiting for other servers to stop before the database can be upgraded');
    await setTimeout(PAUSE_MS);
  }
  try {
    await work();
  } finally {
    await letIn(db);
  }
}

/** @returns how many other processes are running; only if there are none, no process can start from now on. */
async function shutOut(db: Db): Promise<number> {
  const living = await count(db, serverInstances.name);
  if (living > 0) return living;
  try {
    // A process that enters now is noticed: its entry is set aside, too, or creates a collection that is in the way.
    await db.collection(serverInstances.name).rename(SET_ASIDE);
  } catch (error) {
    if (!(error instanceof MongoServerError && error.code === NAMESPACE_NOT_FOUND)) throw error;
  }
  try {
    await db.createCollection(serverInstances.name, { validator: CLOSED });
  } catch (error) {
    if (!isExistingCollection(error)) throw error;
    await letIn(db);
    return 1;
  }
  const entered = await count(db, SET_ASIDE);
  if (entered > 0) await letIn(db);
  return entered;
}

/** Undoes `shutOut`, whichever process did it and however far it got. */
export async function letIn(db: Db): Promise<void> {
  const [own, aside] = await Promise.all(
    [serverInstances.name, SET_ASIDE].map((name) => db.listCollections({ name }).next()),
  );
  const isClosed = own && 'options' in own && isDeepStrictEqual(own.options?.validator, CLOSED);
  if (aside) {
    const merge = { into: SET_ASIDE, on: '_id', whenMatched: 'replace' };
    await db
      .collection(serverInstances.name)
      .aggregate([{ $merge: merge }])
      .toArray();
    await db.collection(SET_ASIDE).rename(serverInstances.name, { dropTarget: true });
  } else if (isClosed) {
    await db.dropCollection(serverInstances.name);
  }
}

function count(db: Db, name: string): Promise<number> {
  const since = { $subtract: ['$$NOW', GONE_AFTER_MS] };
  return db.collection(name).countDocuments({ $expr: { $gt: ['$seen_at', since] } });
}
