import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { CollectionInfo, Db, Document } from 'mongodb';
import type { Logger } from 'pino';
import type { CollectionDefinition, CollectionIndex, DatabaseSchema } from '../definition.ts';
import { isExistingCollection, isUnknownCommand } from '../errors.ts';
import { serverInstances } from '../server-instances.ts';
import { removeCopies, replaceByCopy, replaceByEmpty } from './copy.ts';
import { applyIndexes, changesOf, foreignIndexes, makeIndexes } from './indexes.ts';
import { Lease } from './lease.ts';
import { isCurrent, readRecord, SCHEMA_COLLECTION, type SchemaRecord, writeRecord } from './record.ts';
import { letIn, whileAlone } from './solitude.ts';

/** How often to check whether another process has finished the upgrade or died, in milliseconds. */
const LOOK_MS = 200;

/**
 * Brings validators and indexes up to date, only once however many processes start together. If it is killed at any
 * moment, the next start completes it. If nothing has changed, it costs one read.
 * @param db of a client without time limits on calls
 * @throws DatabaseRefused if a later release wrote the database, if other servers must stop first, or if documents
 * violate a unique index.
 */
export async function upgradeDatabase(db: Db, schema: DatabaseSchema, log: Logger): Promise<void> {
  if (isCurrent(await readRecord(db, schema), schema)) return;
  await ensureCollection(db, SCHEMA_COLLECTION, { $jsonSchema: { bsonType: 'object', required: ['_id'] } });
  const lease = new Lease(db);
  while (!(await lease.acquire())) {
    await setTimeout(LOOK_MS);
    if (isCurrent(await readRecord(db, schema), schema)) return;
  }
  await lease.hold(async () => {
    const record = await readRecord(db, schema);
    if (isCurrent(record, schema)) return;
    await new Upgrade(db, schema, record, lease, log).run();
    await writeRecord(db, record, schema);
  });
}

/** One upgrade, under the lease. It compares the existing schema with the defined one, so it can simply be repeated. */
class Upgrade {
  readonly #db: Db;
  readonly #schema: DatabaseSchema;
  readonly #record: SchemaRecord | null;
  readonly #lease: Lease;
  readonly #log: Logger;

  constructor(db: Db, schema: DatabaseSchema, record: SchemaRecord | null, lease: Lease, log: Logger) {
    this.#db = db;
    this.#schema = schema;
    this.#record = record;
    this.#lease = lease;
    this.#log = log;
  }

  async run(): Promise<void> {
    await removeCopies(this.#db);
    await letIn(this.#db);
    const postponed: CollectionDefinition[] = [];
    for (const definition of this.#schema.collections) {
      if (!(await this.#upgrade(definition))) postponed.push(definition);
    }
    if (postponed.length > 0) {
      this.#log.warn({ collections: postponed.map(({ name }) => name) }, 'Upgrading the database');
      await whileAlone(this.#db, this.#log, async () => {
        for (const definition of postponed) await this.#upgradeAlone(definition);
      });
    }
    // Last, because `whileAlone` finds running processes in this collection.
    if (!(await this.#upgrade(serverInstances))) await replaceByEmpty(this.#db, serverInstances, this.#lease);
  }

  /** @returns false, with nothing changed, if it cannot be done while other servers use the collection. */
  async #upgrade(definition: CollectionDefinition): Promise<boolean> {
    const { name, schema, indexes } = definition;
    const there = await this.#look(definition);
    if (!there) {
      await ensureCollection(this.#db, name, { $jsonSchema: schema });
      await makeIndexes(this.#db.collection(name), indexes);
      return true;
    }
    const { info, changes } = there;
    // After the old unique index is dropped and before the new one exists, duplicates could be written.
    if (changes.replaced.some(({ unique }) => unique)) return false;
    if (!(await this.#setValidator(info, definition))) return false;
    await applyIndexes(this.#db.collection(name), changes);
    return true;
  }

  async #upgradeAlone(definition: CollectionDefinition): Promise<void> {
    const there = await this.#look(definition);
    if (!there)
      throw new Error(`The collection "${definition.name}" was dropped while it was being upgraded.`);
    const { info, existing, changes } = there;
    if (await this.#setValidator(info, definition)) {
      await applyIndexes(this.#db.collection(definition.name), changes);
    } else {
      const indexes = [...definition.indexes, ...foreignIndexes(existing, definition.indexes, changes)];
      await replaceByCopy(this.#db, info, { $jsonSchema: definition.schema }, indexes, this.#lease);
    }
  }

  /** The existing collection, if any, and how its indexes differ from the defined ones. */
  async #look({ name, indexes }: CollectionDefinition) {
    const info = (await this.#db.listCollections({ name }).next()) as CollectionInfo | null;
    if (!info) return undefined;
    // The cast is safe: the server gives every index a name.
    const existing = (await this.#db.collection(name).indexes()) as CollectionIndex[];
    const ours = this.#record
      ? this.#record.collections[name]?.indexes
      : this.#schema.indexesBeforeRecord[name];
    return { info, existing, changes: changesOf(indexes, existing, ours ?? []) };
  }

  /** @returns false if the server cannot change the validator of an existing collection. */
  async #setValidator(info: CollectionInfo, { name, schema }: CollectionDefinition): Promise<boolean> {
    const validator = { $jsonSchema: schema };
    if (isDeepStrictEqual(info.options?.['validator'], validator)) return true;
    try {
      await this.#db.command({ collMod: name, validator });
      return true;
    } catch (error) {
      if (isUnknownCommand(error)) return false;
      throw error;
    }
  }
}

async function ensureCollection(db: Db, name: string, validator: Document): Promise<void> {
  try {
    await db.createCollection(name, { validator });
  } catch (error) {
    if (!isExistingCollection(error)) throw error;
  }
}
