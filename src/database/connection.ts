import { type Db, MongoClient, type WriteConcernSettings } from 'mongodb';
import type { Logger } from 'pino';
import { Availability } from './availability.ts';
import { type Collections, collectionsOf, ensureCollections } from './collections/index.ts';
import { answered } from './impatience.ts';

/** The open database: what the stores need of it, and how to end it. */
export interface Database {
  db: Db;
  collections: Collections;
  availability: Availability;
  /** @throws Refusal 503 `database_unavailable` within `patienceMs` and half a second when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** What may differ from one opening of the database to another. */
export interface DatabaseOptions {
  /**
   * Milliseconds that one operation may wait, for a server or for its answer; 2 500 unless given, so that a request
   * can be answered with 503 within 3 s. Where nobody waits for an answer, it may be longer.
   */
  patienceMs?: number;
}

const PATIENCE_MS = 2500;
/** Milliseconds by which the driver's own time-outs come before ours. */
const GRACE_MS = 300;

/**
 * Connects to `uri` and creates the collections, validators and indexes that are missing.
 *
 * @throws MongoServerSelectionError when nothing answers at `uri`.
 */
export async function openDatabase(
  uri: string,
  name: string,
  log: Logger,
  { patienceMs = PATIENCE_MS }: DatabaseOptions = {},
): Promise<Database> {
  const answerMs = patienceMs + GRACE_MS;
  await prepareDatabase(uri, name, patienceMs);
  const client = new MongoClient(uri, {
    appName: 'skill-observation-server',
    serverSelectionTimeoutMS: patienceMs,
    connectTimeoutMS: patienceMs,
    waitQueueTimeoutMS: patienceMs,
    socketTimeoutMS: patienceMs,
    maxPoolSize: 20,
    // A second try would double the wait; whoever asked is told to come again instead.
    retryReads: false,
  });
  try {
    await client.connect();
    const db = client.db(name);
    const ping = () => answered(() => db.command({ ping: 1 }), answerMs);
    const availability = new Availability(ping, () => reconnect(client, answerMs), log);
    return {
      db,
      collections: collectionsOf(db, await durableWriteConcern(db), answerMs),
      availability,
      ping: async () => {
        await availability.run(ping);
      },
      close: async () => {
        await availability.stop();
        await client.close();
      },
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}

/**
 * Lets the driver begin anew; open collections go on with the new connections. Its monitor of a server may hang as
 * any other call (see `answered`), and no operation finds a server then until the process ends. Not by
 * `client.close()`, which talks to the server and may so hang itself, for good.
 */
async function reconnect(client: MongoClient, answerMs: number): Promise<void> {
  const { topology } = client as unknown as { topology?: Topology };
  topology?.closeCheckedOutConnections();
  topology?.close();
  await answered(() => client.connect(), answerMs);
}

/** What the driver keeps to itself of its view of the servers; the driver's version is fixed to a minor one. */
interface Topology {
  closeCheckedOutConnections(): void;
  close(): void;
}

/**
 * What makes an acknowledged write survive: on the disks of a majority, or on the one disk of a standalone server.
 * A majority is not asked of a standalone, because the embedded engine then acknowledges before the write is on
 * disk, `j` or not: killed right after the acknowledgement it had lost the write in a quarter of the tries, and in
 * none with `w: 1`.
 */
export async function durableWriteConcern(db: Db): Promise<WriteConcernSettings> {
  const { setName, msg } = await db.command({ hello: 1 });
  const isStandalone = setName === undefined && msg !== 'isdbgrid';
  return { w: isStandalone ? 1 : 'majority', j: true };
}

/** With a patient connection of its own: building an index on a large collection takes its time. */
async function prepareDatabase(uri: string, name: string, patienceMs: number): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: patienceMs });
  try {
    await client.connect();
    await ensureCollections(client.db(name));
  } finally {
    await client.close();
  }
}
