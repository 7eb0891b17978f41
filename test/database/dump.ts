import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BSON, type CollectionInfo, type Db, type Document, MongoClient } from 'mongodb';
import { inject } from 'vitest';
import type { CollectionIndex } from '../../src/database/definition.ts';
import { atTheEnd } from '../support/at-the-end.ts';

const folder = fileURLToPath(new URL('f4514b6/', import.meta.url));

/** Who is who in the dump. */
export const facts = JSON.parse(readFileSync(`${folder}facts.json`, 'utf8')) as {
  jwt_secret: string;
  completed: string;
  open: { attempt_id: string; access_token: string; selected: { option_id: string; option_code: string } };
  abandoned: string;
  unstarted: string;
  unredeemed: string;
};

/** A plain connection of the test's own to a database of the run's engine, which is dropped at the end. */
export function connectTo(name: string, uri = inject('mongodbUri')): Db {
  const client = new MongoClient(uri);
  const db = client.db(name);
  atTheEnd(async () => {
    await db.dropDatabase();
    await client.close();
  });
  return db;
}

/** Makes the database exactly as commit f4514b6 left it: documents, validators and indexes. */
export async function restoreDump(db: Db): Promise<void> {
  for (const file of readdirSync(folder).filter((each) => each.endsWith('.ejson'))) {
    const lines = readFileSync(folder + file, 'utf8')
      .trimEnd()
      .split('\n');
    const [head, ...documents] = lines.map((line) => BSON.EJSON.parse(line, { relaxed: false }) as Document);
    if (!head) throw new Error(`${file} is empty.`);
    const { options, indexes } = BSON.deserialize(BSON.serialize(head)) as {
      options: CollectionInfo['options'];
      indexes: CollectionIndex[];
    };
    const collection = await db.createCollection(file.replace('.ejson', ''), options);
    const own = indexes.filter(({ name }) => name !== '_id_');
    if (own.length > 0) await collection.createIndexes(own);
    if (documents.length > 0) await collection.insertMany(documents);
  }
}

/** Every event, byte for byte, in the order of the ids. */
export async function storedEvents(db: Db): Promise<string[]> {
  const events = db.collection('behavior_events').find<Uint8Array>({}, { raw: true }).sort({ _id: 1 });
  return (await events.toArray()).map((bytes) => Buffer.from(bytes).toString('hex'));
}

/** Validator and indexes as reported by the server. */
export async function shapeOf(db: Db, name: string) {
  const info = (await db.listCollections({ name }).next()) as CollectionInfo | null;
  const indexes = (await db.collection(name).indexes()) as CollectionIndex[];
  return { validator: info?.options?.['validator'] as Document, indexes };
}
