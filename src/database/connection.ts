import { type Db, MongoClient } from 'mongodb';
import { type Collections, collectionsOf, ensureCollections } from './collections/index.ts';

/** The open database: what the stores need of it, and how to end it. */
export interface Database {
  db: Db;
  collections: Collections;
  /** @throws when the database does not answer within the server selection time-out. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Connects to `uri` and creates the collections, validators and indexes that are missing.
 *
 * A request waits at most 2.5 s for a reachable server, so that it can answer 503 within 3 s.
 * @throws MongoServerSelectionError when nothing answers at `uri`.
 */
export async function openDatabase(uri: string, name: string): Promise<Database> {
  const client = new MongoClient(uri, {
    appName: 'skill-observation-server',
    serverSelectionTimeoutMS: 2500,
    connectTimeoutMS: 2500,
    waitQueueTimeoutMS: 2500,
    socketTimeoutMS: 10_000,
    maxPoolSize: 20,
  });
  try {
    await client.connect();
    const db = client.db(name);
    await ensureCollections(db);
    return {
      db,
      collections: collectionsOf(db),
      ping: async () => {
        await db.command({ ping: 1 });
      },
      close: () => client.close(),
    };
  } catch (error) {
    await client.close();
    throw error;
  }
}
