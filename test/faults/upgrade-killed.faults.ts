import { BSON, type Db, ObjectId } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { connectTo, restoreDump, shapeOf, storedEvents } from '../database/dump.ts';
import { nextEvents, nextSchema } from '../database/next-release.ts';
import { openInProcess } from '../database/open-in-process.ts';
import { databaseName } from '../support/database.ts';
import { DatabaseProxy } from '../support/database-proxy.ts';

/** More events than are copied in an instant. */
const EVENTS = 5000;

const uri = inject('mongodbUri');
const socketPath = decodeURIComponent(/^mongodb:\/\/([^/]+)\//.exec(uri)?.[1] ?? '');
// Only an engine without collMod copies anything; against a MongoDB server (TEST_MONGODB_URI) there is nothing to kill.
const copies = await connectTo('admin_of_upgrades')
  .command({ collMod: 'nothing', validator: {} })
  .then(
    () => false,
    (error: { code?: number }) => error.code === 59,
  );

async function largeOldDatabase(): Promise<Db> {
  const db = connectTo(databaseName());
  await restoreDump(db);
  const events = Array.from({ length: EVENTS }, (_, n) => ({
    _id: new ObjectId(),
    attempt_id: new ObjectId(),
    sequence_number: 1,
    event_type: 'task_started',
    timestamp_client: new Date(),
    timestamp_server: new Date(),
    payload: n % 2 ? { $ref: 'a', 'b.c': new BSON.Double(n) } : {},
    metadata: { n },
  }));
  await db.collection('behavior_events').insertMany(events);
  return db;
}

/**
 * Opens the database in a process that is killed when it sends a command.
 * @param isCarriedOut whether the command still reaches the database
 */
async function killAt(db: Db, sends: (request: Buffer) => boolean, isCarriedOut: boolean): Promise<void> {
  const proxy = await DatabaseProxy.start(socketPath);
  let reached: () => void = () => undefined;
  const isReached = new Promise<void>((resolve) => {
    reached = resolve;
  });
  proxy.holdBack = (request) => {
    if (!sends(request)) return 'no';
    reached();
    return isCarriedOut ? 'answer' : 'request';
  };
  const opening = openInProcess(proxy.uri, db.databaseName);
  await Promise.race([
    isReached,
    opening.ended.then((end) => Promise.reject(new Error(JSON.stringify(end)))),
  ]);
  await opening.kill();
  await proxy.stop();
}

/** Recognises a command by a text in its bytes. */
const containing = (...texts: string[]) => {
  return (request: Buffer) => texts.every((text) => request.includes(text));
};

const moments: [string, (request: Buffer) => boolean, boolean][] = [
  ['before anything is copied', containing('$merge', 'behavior_events'), false],
  ['while the events are copied', containing('$merge', 'behavior_events'), true],
  ['while the copy gets its indexes', containing('createIndexes', 'behavior_events.upgrade.'), true],
  ['before the copy takes its place', containing('renameCollection', 'behavior_events.upgrade.'), false],
  ['right after the copy took its place', containing('renameCollection', 'behavior_events.upgrade.'), true],
  ['while other servers are shut out', containing('renameCollection', 'server_instances.set-aside'), true],
  ['before that is undone', containing('$merge', 'server_instances.set-aside'), false],
  ['before it is noted what was done', containing('fingerprint'), false],
];

describe.skipIf(!copies)('an upgrade that is killed', () => {
  it.each(moments)('%s is completed by the next start', async (_, sends, isCarriedOut) => {
    const db = await largeOldDatabase();
    const before = await storedEvents(db);
    await killAt(db, sends, isCarriedOut);

    expect(await openInProcess(uri, db.databaseName).ended).toEqual({ said: 'open', code: 0 });
    expect(await storedEvents(db)).toEqual(before);
    const { validator, indexes } = await shapeOf(db, 'behavior_events');
    expect(validator).toEqual({ $jsonSchema: nextEvents.schema });
    expect(indexes).toHaveLength(nextEvents.indexes.length + 1);
    for (const index of nextEvents.indexes) expect(indexes).toContainEqual(expect.objectContaining(index));
    const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(({ name }) => name);
    const expected = [
      ...nextSchema.collections.map(({ name }) => name),
      'server_instances',
      'database_schema',
    ];
    expect(names.toSorted()).toEqual(expected.toSorted());
    // Servers can start again.
    await db
      .collection<{ _id: string }>('server_instances')
      .insertOne({ _id: 'a', seen_at: new Date(0) } as never);
  });
});
