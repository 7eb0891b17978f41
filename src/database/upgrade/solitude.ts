import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Db, MongoServerError } from 'mongodb';
import type { Logger } from 'pino';
import { isExistingCollection } from '../errors.ts';
import { GONE_AFTER_MS } from '../presence.ts';
import { serverInstances } from '../server-instances.ts';
import { DatabaseRefused } from './database-refused.ts';

/** Milliseconds that other processes get to end, or to count as gone if they were killed. */
const PATIENCE_MS = 2 * GONE_AFTER_MS;
/** Milliseconds between two looks: within them every process that lives gives a sign of life. */
const PAUSE_MS = 3000;
/** Where the entries of living processes are kept while nobody may begin. */
const SET_ASIDE = `${serverInstances.name}.set-aside`;
/** Lets nobody in. A server of whatever release has to enter itself before it takes events. */
const CLOSED = { $expr: false };
const NAMESPACE_NOT_FOUND = 26;

/**
 * Does something that no other server process may witness, and lets none begin meanwhile, not even one of an
 * earlier release, which knows nothing of leases: it cannot enter itself in `server_instances`, and does not take
 * events before it has.
 * @throws DatabaseRefused when others still use the database after 20 s.
 */
export async function whileAlone(db: Db, log: Logger, work: () => Promise<void>): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  for (let others = await shutOut(db); others > 0; others = await shutOut(db)) {
    if (performance.now() > deadline) {
      throw new DatabaseRefused(
        `The database "${db.databaseName}" has to be upgraded, which this MongoDB engine cannot do while other ` +
          `servers use it (${others} now): stop them, then start this one again.`,
      );
    }
    log.warn({ others }, 'Waiting for other servers to end, so that the database can be upgraded');
    await setTimeout(PAUSE_MS);
  }
  try {
    await work();
  } finally {
    await letIn(db);
  }
}

/** @returns how many other processes live; only if there are none is nobody let in from now on. */
async function shutOut(db: Db): Promise<number> {
  const living = await count(db, serverInstances.name);
  if (living > 0) return living;
  try {
    // Of one who enters now the entry is set aside with the others, or makes a collection that is in the way.
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

/** Undoes `shutOut`, whoever has done it and however far it came. */
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
