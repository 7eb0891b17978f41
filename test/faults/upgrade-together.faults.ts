import { setInterval } from 'node:timers/promises';
import { type Db, ObjectId } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { schema } from '../../src/collections.ts';
import { openDatabase } from '../../src/database/connection.ts';
import { Presence } from '../../src/database/presence.ts';
import { serverInstances } from '../../src/database/server-instances.ts';
import { createLog } from '../../src/log.ts';
import { connectTo, restoreDump, shapeOf, storedEvents } from '../database/dump.ts';
import { nextEvents, nextSchema } from '../database/next-release.ts';
import { openInProcess } from '../database/open-in-process.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { databaseName } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const uri = inject('mongodbUri');
const copies = await connectTo('admin_of_upgrades')
  .command({ collMod: 'nothing', validator: {} })
  .then(
    () => false,
    (error: { code?: number }) => error.code === 59,
  );

async function oldDatabase(): Promise<Db> {
  const db = connectTo(databaseName());
  await restoreDump(db);
  return db;
}

/** Gives signs of life like a server of commit f4514b6, until it is stopped. */
async function aliveServer(db: Db): Promise<{ end(): Promise<void> }> {
  const presence = new Presence(db.collection(serverInstances.name));
  await presence.beat();
  let alive = true;
  const beating = (async () => {
    for await (const _ of setInterval(500)) {
      if (!alive) return;
      await presence.beat().catch(() => undefined);
    }
  })();
  const end = async () => {
    alive = false;
    await beating;
    await presence.leave();
  };
  atTheEnd(() => end());
  return { end };
}

function recordEvent(db: Db): Promise<unknown> {
  return db.collection('behavior_events').insertOne({
    _id: new ObjectId(),
    attempt_id: new ObjectId(),
    sequence_number: 1,
    event_type: 'task_started',
    timestamp_client: new Date(),
    timestamp_server: new Date(),
    payload: {},
    metadata: {},
  });
}

/** The collection's UUID, which changes if a copy replaces the collection. */
const identityOf = async (db: Db) => {
  const info = (await db.listCollections({ name: 'behavior_events' }).next()) as {
    info?: { uuid?: unknown };
  };
  return JSON.stringify(info.info?.uuid);
};

it('processes that start together upgrade the database once', async () => {
  const db = await oldDatabase();
  const before = await storedEvents(db);
  const openings = Array.from({ length: 4 }, () => openInProcess(uri, db.databaseName));
  const first = await Promise.race(openings.map(({ ended }) => ended));
  expect(first).toEqual({ said: 'open', code: 0 });
  const identity = await identityOf(db);
  await recordEvent(db);
  for (const { ended } of openings) expect(await ended).toEqual({ said: 'open', code: 0 });
  // The later ones have not replaced what the first one made.
  expect(await identityOf(db)).toBe(identity);
  expect(await storedEvents(db)).toHaveLength(before.length + 1);
  expect((await shapeOf(db, 'behavior_events')).validator).toEqual({ $jsonSchema: nextEvents.schema });
});

it('openings in one process upgrade it once, too', async () => {
  const db = await oldDatabase();
  const settings = { uri, name: db.databaseName, schema: nextSchema, log: createLog('silent') };
  const opened = await Promise.all(Array.from({ length: 5 }, () => openDatabase(settings)));
  await Promise.all(opened.map((database) => database.close()));
  expect((await shapeOf(db, 'behavior_events')).validator).toEqual({ $jsonSchema: nextEvents.schema });
});

describe.skipIf(!copies)('where collections have to be copied', () => {
  it('nothing is copied while another server lives, which is refused in one sentence', async () => {
    const db = await oldDatabase();
    await aliveServer(db);
    const identity = await identityOf(db);
    const { said, code } = await openInProcess(uri, db.databaseName).ended;
    expect(said).toBe(
      `The database "${db.databaseName}" must be upgraded, which this MongoDB engine cannot do while other ` +
        'servers use it (1 now): stop them, then start this one again.',
    );
    expect(code).toBe(1);
    expect(await identityOf(db)).toBe(identity);
  });

  it('it waits for a server that ends, and has every event that this one has recorded', async () => {
    const db = await oldDatabase();
    const before = await storedEvents(db);
    const server = await aliveServer(db);
    const opening = openInProcess(uri, db.databaseName);
    await recordEvent(db);
    await eventually(async () =>
      expect(
        await db.collection('database_schema').findOne({ holder: { $type: 'string' } } as object),
      ).not.toBeNull(),
    );
    await recordEvent(db);
    await server.end();
    expect(await opening.ended).toEqual({ said: 'open', code: 0 });
    expect(await storedEvents(db)).toHaveLength(before.length + 2);
  });

  it('a server with nothing to upgrade starts beside others at once', async () => {
    const db = await oldDatabase();
    const settings = { uri, name: db.databaseName, schema, log: createLog('silent') };
    await (await openDatabase(settings)).close();
    await aliveServer(db);
    await (await openDatabase(settings)).close();
  });
});
