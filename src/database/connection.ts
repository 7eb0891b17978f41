import { type Collection, type Db, type Document, MongoClient, type MongoClientOptions } from 'mongodb';
import type { Logger } from 'pino';
import { answered } from './answered.ts';
import { Availability } from './availability.ts';
import type { CollectionDefinition, DatabaseSchema } from './definition.ts';
import { type Durability, durabilityOf } from './durability.ts';
import { presentCollection } from './present-collection.ts';
import { ReplaceableClient } from './replaceable-client.ts';
import { upgradeDatabase } from './upgrade/upgrade.ts';

/** The open database: what the stores need of it, and how to end it. */
export interface Database {
  /** Of the client in use now, which may be another one later. */
  readonly db: Db;
  /** Whatever is written is acknowledged once it is durable; every call is answered or fails in less than 3 s. */
  collection<T extends Document>(definition: CollectionDefinition<T>): Collection<T>;
  availability: Availability;
  /** @throws Refusal 503 `database_unavailable` within `patienceMs` and half a second when the database does not answer. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

const PATIENCE_MS = 2500;

/** Milliseconds by which the driver's own time-outs come before ours. */
const GRACE_MS = 300;

const clientOptions = (patienceMs: number): MongoClientOptions => ({
  appName: 'skill-observation-server',
  serverSelectionTimeoutMS: patienceMs,
  connectTimeoutMS: patienceMs,
  waitQueueTimeoutMS: patienceMs,
  socketTimeoutMS: patienceMs,
  maxPoolSize: 20,
  // A second try would double the wait; whoever asked is told to come again instead.
  retryReads: false,
});

/** What may differ from one opening of the database to another. */
export interface DatabaseOptions {
  /**
   * Milliseconds that one operation may wait, for a server or for its answer; 2 500 unless given, so that a request
   * can be answered with 503 within 3 s. Where nobody waits for an answer, it may be longer.
   */
  patienceMs?: number;
}

/** Which database to open, and what is to be in it. */
export interface DatabaseSettings extends DatabaseOptions {
  uri: string;
  name: string;
  schema: DatabaseSchema;
  log: Logger;
}

/**
 * Connects to `uri` and brings collections, validators and indexes up to date.
 * @throws MongoServerSelectionError when nothing answers at `uri`.
 * @throws DatabaseRefused as `upgradeDatabase` does.
 */
export async function openDatabase(settings: DatabaseSettings): Promise<Database> {
  const { uri, name, log, patienceMs = PATIENCE_MS } = settings;
  await prepareDatabase(settings);
  const client = await ReplaceableClient.connect(() => new MongoClient(uri, clientOptions(patienceMs)));
  const durability = await durabilityOf(client.current.db(name)).catch(async (error: unknown) => {
    await client.close();
    throw error;
  });
  const ping = () => answered(client.current.db(name).command({ ping: 1 }), patienceMs);
  const patience = { serverMs: patienceMs, answerMs: patienceMs + GRACE_MS };
  const availability = new Availability(ping, () => client.replace(), log);
  availability.start();
  return {
    get db() {
      return client.current.db(name);
    },
    collection: <T extends Document>(definition: CollectionDefinition<T>) =>
      presentCollection(currentCollection(client, name, definition, durability), patience),
    availability,
    ping: async () => {
      await availability.run(ping);
    },
    close: () => {
      availability.stop();
      return client.close();
    },
  };
}

/** Gives the collection of the client in use, made once for each client. */
function currentCollection<T extends Document>(
  client: ReplaceableClient,
  database: string,
  { name, isEphemeral }: CollectionDefinition<T>,
  durability: Durability,
): () => Collection<T> {
  const { readPreference } = durability;
  const options = isEphemeral ? { readPreference } : { ...durability, ignoreUndefined: true };
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

/** With a patient connection of its own: to build an index or to copy a large collection takes its time. */
async function prepareDatabase(settings: DatabaseSettings): Promise<void> {
  const { uri, name, schema, log, patienceMs = PATIENCE_MS } = settings;
  const client = new MongoClient(uri, {
    serverSelectionTimeoutMS: patienceMs,
    // What it finds decides, whatever the connection string says.
    readPreference: 'primary',
  });
  try {
    await client.connect();
    await upgradeDatabase(client.db(name), schema, log);
  } finally {
    await client.close();
  }
}
