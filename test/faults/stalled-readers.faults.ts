import { MongoClient } from 'mongodb';
import { beforeAll, describe, expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { listen, watch } from '../support/live-watcher.ts';
import { writeEvents, writeStart } from '../support/overfull.ts';
import { startServerProcess } from '../support/server-process.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { StalledReader } from './stalled-reader.ts';
import { note } from './summary.ts';

/** The kernel buffers about 4 MiB per connection before anything waits in the server; an event has 170 bytes. */
const LONG_LOG = 36_000;
const READERS = 1000;
const LEAVING = 12;
/** 170 bytes each for every reader; the kernel holds most of it. */
const SHARED_LOG = 300;
/** How much memory 1 000 stalled readers may cost the server, in MiB. */
const GROWTH = 400;

const random = new Random(SEED);
const { uri, socketPath } = await startEngine();
const proxy = await DatabaseProxy.start(socketPath);
atTheEnd(() => proxy.stop());
const server = await startServerProcess({ MONGODB_URI: proxy.uri, MONGODB_DATABASE: 'live' });
const staff = await logInAsAdmin(server);
const client = await MongoClient.connect(uri);
atTheEnd(() => client.close());

/** An attempt with a longer log than any real candidate's, written straight into the journal. */
async function attemptWith(events: number): Promise<PersistentCandidate> {
  const [candidate] = (await admitCandidates(server, 1, staff)) as [PersistentCandidate];
  const db = client.db('live');
  await writeStart(db, candidate);
  await writeEvents(db, candidate, { count: events - 1 });
  // Reading an attempt brings its session up to date.
  await staff.call('GET', `/attempts/${candidate.attempt_id}`);
  return candidate;
}

it('1 000 readers that stall cost bounded memory, and nobody else notices', async () => {
  const candidate = await attemptWith(SHARED_LOG);
  const healthy = new ReturningWatcher(candidate).connect(server);
  await eventually(() => expect(healthy.last).toBe(SHARED_LOG));
  const before = server.rss;
  let peak = before;
  const readers: StalledReader[] = [];
  while (readers.length < READERS) {
    readers.push(
      ...(await Promise.all(Array.from({ length: 50 }, () => StalledReader.connect(server, candidate)))),
    );
    peak = Math.max(peak, server.rss);
  }
  await eventually(async () => expect((await fetch(`${server.url}/readyz`)).status).toBe(200));
  for (let n = 1; n <= 40; n++) {
    expect(await candidate.send(server, candidate.view(random), 30_000)).toMatchObject({
      kind: 'acknowledged',
    });
    await eventually(() => expect(healthy.last).toBe(SHARED_LOG + n), { everyMs: 2 });
    peak = Math.max(peak, server.rss);
  }
  for (const reader of readers) reader.end();
  await eventually(async () =>
    expect((await candidate.send(server, candidate.view(random))).ms).toBeLessThan(500),
  );
  note(inject('figures'), {
    stalledRss: { before, peak, after: server.rss },
    acknowledged: candidate.acknowledged.length,
  });
  expect(peak - before).toBeLessThan(GROWTH);
  expect(healthy.complaints).toEqual([]);
  expect(healthy.closes).toEqual([]);
  healthy.disconnect();
});

describe('given an attempt with a long log', () => {
  let long: PersistentCandidate;
  beforeAll(async () => {
    long = await attemptWith(LONG_LOG);
  });

  it('a reader that stalls is closed; who keeps reading gets everything on one socket, however slowly', async () => {
    const other = await attemptWith(1);
    const healthy = new ReturningWatcher(other).connect(server);
    const [stalled, late] = [
      await StalledReader.connect(server, long),
      await StalledReader.connect(server, long),
    ];
    const reader = new ReturningWatcher(long).connect(server);
    // Reads nothing for half the time after which a reader counts as stalled.
    const slow = listen(long.api.watch(long.attempt_id, 0));
    slow.socket.once('message', () => {
      slow.socket.pause();
      setTimeout(() => slow.socket.resume(), 5000);
    });
    await eventually(
      () => {
        stalled.poke();
        expect(stalled.isGone || late.isGone).toBe(true);
      },
      { everyMs: 200 },
    );
    expect((await other.send(server, other.view(random))).kind).toBe('acknowledged');
    await eventually(() => expect(healthy.last).toBe(2));
    await eventually(() => expect(reader.last).toBe(LONG_LOG));
    expect(reader.complaints).toEqual([]);
    expect(reader.closes).toEqual([]);
    await eventually(() => expect(slow.acknowledged).toHaveLength(LONG_LOG), { everyMs: 200 });
    expect(slow.acknowledged.at(-1)).toBe(LONG_LOG);
    expect(slow.isOpen).toBe(true);
    for (const each of [stalled, late]) each.end();
    for (const each of [reader, healthy]) each.disconnect();
  });

  it('for readers that leave, the journal is read no further, and nobody else waits for them', async () => {
    const other = await attemptWith(1);
    let reads = 0;
    const isRead = isCommand('find', 'behavior_events');
    proxy.holdBack = (request) => {
      if (isRead(request)) reads += 1;
      return 'no';
    };
    await Promise.all(
      Array.from({ length: LEAVING }, () => {
        const watcher = listen(long.api.watch(long.attempt_id, 0), () => watcher.drop());
        return watcher.closed;
      }),
    );
    const healthy = await watch(other.api, other.attempt_id);
    await healthy.isUpToDate();
    const before = reads;
    await healthy.isUpToDate();
    expect(reads - before).toBeLessThan(3);
    // One read finds the place; the kernel buffers a few pages before anybody can know that their reader has left.
    expect(reads).toBeLessThan(LEAVING * 20);
    proxy.holdBack = undefined;
  });
});
