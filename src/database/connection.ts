import { type Collection, type Db, type Document, MongoClient } from 'mongodb';
import type { Logger } from 'pino';
import { Availability } from './availability.ts';
import type { CollectionDefinition, DatabaseSchema } from './definition.ts';
import { answered, impatient } from './impatience.ts';
import { upgradeDatabase } from './upgrade/upgrade.ts';
import { durableWriteConcern } from './write-concern.ts';

/** The open database: what the stores need of it, and how to end it. */
export interface Database {
  db: Db;
  /** Whatever is written is acknowledged once it is durable; every call is answered or fails in less than 3 s. */
  collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  availability: Availability;
  /** @throws Refusal 503 `database_unavailable` within 3 s when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** Milliseconds that one operation may wait, for a server or for its answer. */
const PATIENCE_MS = 2500;

/** Which database to open, and what is to be in it. */
export interface DatabaseSettings {
  uri: string;
  name: string;
  schema: DatabaseSchema;
  log: Logger;
}

/**
 * Connects to `uri` and brings collections, validators and indexes up to date.
 *
 * An operation waits at most 2.5 s, so that a request can be answered with 503 within 3 s.
 * @throws MongoServerSelectionError when nothing answers at `uri`.
 * @throws DatabaseRefused as `upgradeDatabase` does.
 */
export async function openDatabase({ uri, name, schema, log }: DatabaseSettings): Promise<Database> {
  await prepareDatabase({ uri, name, schema, log });
  const client = new MongoClient(uri, {
    appName: 'skill-observation-server',
    serverSelectionTimeoutMS: PATIENCE_MS,
    connectTimeoutMS: PATIENCE_MS,
    waitQueueTimeoutMS: PATIENCE_MS,
    socketTimeoutMS: PATIENCE_MS,
    maxPoolSize: 20,
    // A second try would double the wait; whoever asked is told to come again instead.
    retryReads: false,
  });
  try {
    await client.connect();
    const db = client.db(name);
    const ping = () => answered(() => db.command({ ping: 1 }));
    const availability = new Availability(ping, () => reconnect(client), log);
    const durable = { ignoreUndefined: true, writeConcern: await durableWriteConcern(db) };
    return {
      db,
      collection: <T extends Document>({ name, isEphemeral }: CollectionDefinition<T>) =>
        impatient(db.collection<T>(name, isEphemeral ? {} : durable)),
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
async function reconnect(client: MongoClient): Promise<void> {
  const { topology } = client as unknown as { topology?: Topology };
  topology?.closeCheckedOutConnections();
  topology?.close();
  await answered(() => client.connect());
}

/** What the driver keeps to itself of its view of the servers; the driver's version is fixed to a minor one. */
interface Topology {
  closeCheckedOutConnections(): void;
  close(): void;
}

/** With a patient connection of its own: to build an index or to copy a large collection takes its time. */
async function prepareDatabase({ uri, name, schema, log }: DatabaseSettings): Promise<void> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: PATIENCE_MS });
  try {
    await client.connect();
    await upgradeDatabase(client.db(name), schema, log);
  } finally {
    await client.close();
  }
}
