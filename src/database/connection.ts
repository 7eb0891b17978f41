import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Logger } from 'pino';
import { Availability } from './availability.ts';
import type { CollectionDefinition, DatabaseSchema } from './definition.ts';
import { type Durability, durabilityOf } from './durability.ts';
import { presentCollection } from './present-collection.ts';
import { ReplaceableClient } from './replaceable-client.ts';
import { upgradeDatabase } from './upgrade/upgrade.ts';

/** The open database. */
export interface Database {
  /** Belongs to the current client, which may be replaced later. */
  readonly db: Db;
  /** Writes are acknowledged only once they are durable; every call is answered or fails in less than 3 s. */
  collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  /**
   * The same collection, but on connections of its own, so that no other call delays or fails its calls. Only for calls
   * whose number at once is bounded, because the probes share these connections.
   */
  reservedCollection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  availability: Availability;
  /** @throws Refusal 503 `database_unavailable` within `patienceMs` plus 500 ms if the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 2500;

/** How much earlier the driver's own time-outs come than ours, in milliseconds. */
const GRACE_MS = 300;

/** A probe fails after this part of the patience, so that the database is known to be away before calls give up. */
const PROBE_PATIENCE = 0.8;

/**
 * The driver ends a connection that is silent for longer than this many times the patience, and all connections at once
 * if that happens to a new one or to its monitor. A slow answer must not have such consequences: its caller is refused
 * when our own patience ends, and the connection then goes on working.
 */
const CONNECTION_PATIENCE = 2;

const clientOptions = (patienceMs: number): MongoClientOptions => ({
  appName: 'skill-observation-server',
  serverSelectionTimeoutMS: patienceMs,
  waitQueueTimeoutMS: patienceMs,
  connectTimeoutMS: CONNECTION_PATIENCE * patienceMs,
  socketTimeoutMS: CONNECTION_PATIENCE * patienceMs,
  // Reads use up to 16 (`http/caller-turns.ts`), watchers 6, and events that find no session need the others.
  maxPoolSize: 30,
  // A retry would double the wait; instead the client is asked to try again.
  retryReads: false,
});

/** Optional settings for opening a database. */
export interface DatabaseOptions {
  /**
   * Milliseconds that one operation may wait for a server or its answer. The default is 2 500, so that a request can
   * be answered with 503 within 3 s. It may be longer where no request waits.
   */
  patienceMs?: number;
}

/** Which database to open, and the schema it must have. */
export interface DatabaseSettings extends DatabaseOptions {
  uri: string;
  name: string;
  schema: DatabaseSchema;
  log: Logger;
}

/**
 * Connects to `uri` and brings collections, validators and indexes up to date.
 * @throws MongoServerSelectionError if nothing answers at `uri`.
 * @throws DatabaseRefused as `upgradeDatabase` does.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const { uri, name, log, patienceMs = PATIENCE_MS } = settings;
  await prepareDatabase(settings);
  const connect = () => ReplaceableClient.connect(() => new MongoClient(uri, clientOptions(patienceMs)));
  const shared = await connect();
  const reserved = await connect().catch(closeAfterwards(shared));
  const close = async () => {
    await Promise.all([shared.close(), reserved.close()]);
  };
  const durability = await durabilityOf(shared.current.db(name)).catch(closeAfterwards({ close }));
  // Whatever occupies the shared connections, the reserved ones answer; if only these are stuck, the shared ones do.
  const ping = () => firstAnswer([reserved, shared].map((each) => each.ping(PROBE_PATIENCE * patienceMs)));
  const patience = { serverMs: patienceMs, answerMs: patienceMs + GRACE_MS };
  const availability = new Availability(ping, log);
  availability.start();
  const collectionOf =
    (client: ReplaceableClient) =>
    <T extends Document>(definition: CollectionDefinition<T>) =>
      presentCollection(currentCollection(client, name, definition, durability), patience);
  return {
    get db() {
      return shared.current.db(name);
    },
    collection: collectionOf(shared),
    reservedCollection: collectionOf(reserved),
    availability,
    ping: () => availability.run(ping),
    close: () => {
      availability.stop();
      return close();
    },
  };
}

/** Resolves when one of the calls is answered. @throws the error of the first call if all fail */
async function firstAnswer(calls: Promise<void>[]): Promise<void> {
  try {
    await Promise.any(calls);
  } catch (error) {
    throw (error as AggregateError).errors[0];
  }
}

/** For what fails while something is open that nobody can close later. */
const closeAfterwards = (open: { close(): Promise<void> }) => async (error: unknown) => {
  await open.close();
  throw error;
};

/**
 * The driver's default is `{}`, in which it finds `constructor` and everything else that any object inherits: it would
 * then not parse lists under such keys.
 */
const NO_FIELDS: Document = Object.freeze(Object.create(null));

/** Returns a function that gives the current client's collection object, created once per client. */
function currentCollection<T extends Document>(
  client: ReplaceableClient,
  database: string,
  { name, isEphemeral }: CollectionDefinition<T>,
  durability: Durability,
): () => Collection<T> {
  const { readPreference } = durability;
  const options = isEphemeral
    ? { readPreference }
    : { ...durability, ignoreUndefined: true, fieldsAsRaw: NO_FIELDS };
  const open = (of: MongoClient) => of.db(database).collection<T>(name, options);
  let owner = client.current;
  let collection = open(owner);
  return () => {
    if (client.current !== owner) {
      owner = client.current;
      collection = open(owner);
    }
    return collection;
  };
}

/** Uses its own client without call time-outs, because building an index or copying a collection may take long. */
async function prepareDatabase(settings: DatabaseSettings): Promise<void> {
  const { uri, name, schema, log, patienceMs = PATIENCE_MS } = settings;
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: patienceMs,
    // Always read from the primary, whatever the connection string says, because the upgrade depends on it.
    readPreference: 'primary',
  });
  try {
    await client.connect();
    await upgradeDatabase(client.db(name), schema, log);
  } finally {
    await client.close();
  }
}
