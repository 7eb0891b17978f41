import { randomUUID } from 'node:crypto';
import { type Db, MongoClient, ObjectId } from 'mongodb';
import { expect, inject, it } from 'vitest';
import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import type { CollectionDefinition, DatabaseSchema } from '../../src/database/definition.ts';
import { upgradeDatabase } from '../../src/database/upgrade/upgrade.ts';
import { behaviorEvents } from '../../src/journal/collection.ts';
import { createLog } from '../../src/log.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { databaseName } from '../support/database.ts';
import { connectTo, restoreDump, shapeOf, storedEvents } from './dump.ts';
import { nextEvents, nextSchema, releaseWith } from './next-release.ts';

const log = createLog('silent');

/** Opens a database as a server of that release does when it starts, and closes it again. */
async function open(db: Db, release: DatabaseSchema): Promise<void> {
  const settings = { uri: inject('mongodbUri'), name: db.databaseName, schema: release, log };
  await (await openDatabase(settings)).close();
}

async function oldDatabase(): Promise<Db> {
  const db = connectTo(databaseName());
  await restoreDump(db);
  return db;
}

const indexNames = async (db: Db, name = 'behavior_events') =>
  (await shapeOf(db, name)).indexes.map((index) => index.name).toSorted();

/** An event that only the next release accepts. */
const nextEvent = () => ({
  _id: new ObjectId(),
  attempt_id: new ObjectId(),
  sequence_number: 1,
  event_type: 'task_started',
  timestamp_client: new Date(),
  timestamp_server: new Date(),
  payload: {},
  metadata: {},
  digest: randomUUID(),
});

it('a changed validator applies to what is written from then on; what is stored stays as it is', async () => {
  const db = await oldDatabase();
  const before = await storedEvents(db);
  const events = db.collection('behavior_events');
  await expect(events.insertOne(nextEvent())).rejects.toMatchObject({ code: 121 });
  await open(db, nextSchema);
  expect(await storedEvents(db)).toEqual(before);
  expect((await shapeOf(db, 'behavior_events')).validator).toEqual({ $jsonSchema: nextEvents.schema });
  await events.insertOne(nextEvent());
  await expect(events.insertOne({ ...nextEvent(), other: 1 })).rejects.toMatchObject({ code: 121 });
});

it('documents that a stricter validator would refuse today are kept', async () => {
  const db = await oldDatabase();
  const before = await storedEvents(db);
  const stricter = { ...behaviorEvents.schema, required: [...behaviorEvents.schema['required'], 'batched'] };
  await open(db, releaseWith({ ...behaviorEvents, schema: stricter }));
  expect(await storedEvents(db)).toEqual(before);
  await expect(db.collection('behavior_events').insertOne(nextEvent())).rejects.toMatchObject({ code: 121 });
});

it('indexes are made, changed and dropped; those of an operator stay', async () => {
  const db = await oldDatabase();
  await db
    .collection('behavior_events')
    .createIndex({ 'metadata.user_agent': 1 }, { name: 'of_the_operator' });
  await open(db, nextSchema);
  expect(await indexNames(db)).toEqual(
    ['_id_', 'of_the_operator', ...nextEvents.indexes.map(({ name }) => name)].toSorted(),
  );
  const { indexes } = await shapeOf(db, 'behavior_events');
  for (const index of nextEvents.indexes) expect(indexes).toContainEqual(expect.objectContaining(index));
});

/** No validator changes, so no engine has to copy anything. */
function withIndexes(...indexes: CollectionDefinition['indexes']): DatabaseSchema {
  return releaseWith({ ...behaviorEvents, indexes });
}

it('indexes change where they are when the validator does not', async () => {
  const db = await oldDatabase();
  const events = db.collection('behavior_events');
  await events.createIndex({ 'metadata.user_agent': 1 }, { name: 'of_the_operator' });
  // An operator's index that the release also defines, under another name.
  await events.createIndex({ event_type: 1 }, { name: 'event_type_1' });
  const [sequence, ...others] = behaviorEvents.indexes;
  if (!sequence) throw new Error('There is no index.');
  const release = withIndexes(sequence, { name: 'by_type', key: { event_type: 1 } });
  await open(db, release);
  expect(await indexNames(db)).toEqual(['_id_', 'attempt_sequence', 'by_type', 'of_the_operator']);
  // A unique index that changes but keeps its name.
  const wider = { ...sequence, key: { attempt_id: 1, sequence_number: 1, event_type: 1 } as const };
  await open(db, { ...withIndexes(wider, ...others), release: release.release + 1 });
  expect((await shapeOf(db, 'behavior_events')).indexes).toContainEqual(expect.objectContaining(wider));
});

it('a unique index that what is stored does not allow is refused in one sentence, with nothing lost', async () => {
  const db = await oldDatabase();
  const before = await storedEvents(db);
  const impossible = { name: 'one_event_per_type', key: { event_type: 1 }, unique: true } as const;
  const release = withIndexes(...behaviorEvents.indexes, impossible);
  await expect(open(db, release)).rejects.toMatchObject({
    name: 'DatabaseRefused',
    message: expect.stringMatching(
      /^A unique index of "behavior_events" cannot be created.*one_event_per_type/,
    ),
  });
  expect(await storedEvents(db)).toEqual(before);
  await open(db, schema);
});

it('a database of a later release is refused in one sentence that says what to do', async () => {
  const db = await oldDatabase();
  await open(db, nextSchema);
  const shape = await shapeOf(db, 'behavior_events');
  const refusal = open(db, schema);
  await expect(refusal).rejects.toMatchObject({ name: 'DatabaseRefused' });
  await expect(refusal).rejects.toThrow(
    `The database "${db.databaseName}" was written by a later release of this server (its schema release is ` +
      `${schema.release + 1}, this server knows ${schema.release}): start that release, or restore an earlier backup.`,
  );
  expect(await shapeOf(db, 'behavior_events')).toEqual(shape);
});

it('where nothing has changed, a start costs one read', async () => {
  const db = await oldDatabase();
  await open(db, schema);
  const client = new MongoClient(inject('mongodbUri'), { monitorCommands: true });
  atTheEnd(() => client.close());
  const commands: string[] = [];
  client.on('commandStarted', ({ commandName }) => commands.push(commandName));
  await upgradeDatabase(client.db(db.databaseName), schema, log);
  expect(commands).toEqual(['find']);
});
