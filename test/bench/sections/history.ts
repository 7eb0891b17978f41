import { setTimeout } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { taskAttempts } from '../../../src/attempts/stored/collection.ts';
import { playedActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { Lane } from '../lane.ts';
import { type Place, startServer } from '../processes.ts';
import { Seeder } from '../seed.ts';
import { median, percentile } from '../statistics.ts';

const READS = 200;
/** Starts of each size; they alternate. */
const STARTS = 5;

interface Stored {
  events: number;
  place: Place;
  seeder: Seeder;
  attempt_id: string | undefined;
}

/** (g) Start-up with a long history, and (h) the cost of reading from it. */
export async function history(bench: Bench): Promise<void> {
  const stores: Stored[] = [];
  for (const events of bench.options.history) {
    const place = bench.place(`history_${events}`);
    const seeder = await Seeder.open(place);
    const attempt_id = await seeder.history(events);
    stores.push({ events, place, seeder, attempt_id });
  }
  if (bench.options.only.includes('g')) await starts(bench, stores);
  const largest = stores.at(-1);
  if (largest?.attempt_id && bench.options.only.includes('h'))
    await lists(bench, largest, largest.attempt_id);
  for (const { seeder } of stores) await seeder.close();
}

async function starts(bench: Bench, stores: Stored[]): Promise<void> {
  const listening = new Map(stores.map(({ events }) => [events, [] as number[]]));
  const recovered = new Map(stores.map(({ events }) => [events, [] as number[]]));
  for (let round = 0; round < STARTS + 1; round += 1) {
    for (const { events, place, seeder } of stores) {
      const left = await leaveBehind(seeder);
      const begun = performance.now();
      const server = await startServer(bench.options.server, place);
      while (!(await isLocked(seeder, left))) await setTimeout(5);
      // The first start of each size does not count, because it reads the engine's files for the first time.
      if (round > 0) {
        listening.get(events)?.push(server.startMs);
        recovered.get(events)?.push(performance.now() - begun);
      }
      await server.stop();
    }
  }
  const { report } = bench;
  report.begin('g');
  for (const { events } of stores) {
    report.add(`${events} stored events: start to listening`, median(listening.get(events) ?? []), 'ms');
    report.add(
      `${events} stored events: start to an unfinished attempt locked`,
      median(recovered.get(events) ?? []),
      'ms',
    );
  }
  const [least, most] = [stores[0]?.events ?? 0, stores.at(-1)?.events ?? 0];
  const ratio = (of: Map<number, number[]>) => median(of.get(most) ?? []) / median(of.get(least) ?? []);
  report.add(`listening: ${most} / ${least} stored events`, ratio(listening), '', { atMost: 1.2 });
  report.add(`recovery: ${most} / ${least} stored events`, ratio(recovered), '', { atMost: 1.2 });
}

/** An attempt as a killed server leaves it: completed in the journal, but not in the stored attempt. */
async function leaveBehind(seeder: Seeder): Promise<ObjectId> {
  const [attempt] = await seeder.attempts(1, playedActs(seeder.task));
  return new ObjectId(attempt?.attempt_id);
}

async function isLocked(seeder: Seeder, _id: ObjectId): Promise<boolean> {
  return (await seeder.database.collection(taskAttempts).findOne({ _id, is_locked: true })) !== null;
}

async function lists(bench: Bench, { events, place, seeder }: Stored, attempt_id: string): Promise<void> {
  const server = await startServer(bench.options.server, place);
  const lane = await Lane.open(server.url);
  const token = seeder.staffToken;
  const get = (path: string) => lane.expect('GET', `/api/v1${path}`, token);
  const { report } = bench;
  report.begin('h');
  const time = async (what: string, path: () => string, read: (body: string) => void = () => undefined) => {
    const times: number[] = [];
    for (let count = 0; count < READS; count += 1) {
      const target = path();
      const sent = performance.now();
      const body = await get(target);
      times.push(performance.now() - sent);
      read(body);
    }
    report.add(`${events} events, ${what}: p50`, median(times), 'ms');
    report.add(`${events} events, ${what}: p99`, percentile(times, 0.99), 'ms');
  };
  let cursor = '';
  const follow = (body: string) => {
    cursor = (JSON.parse(body) as { next_cursor: string }).next_cursor;
  };
  await time('GET /attempts, first page of 50', () => '/attempts?limit=50');
  await time(
    'GET /attempts, page after page',
    () => `/attempts?limit=50${cursor && `&cursor=${cursor}`}`,
    follow,
  );
  await time(
    'GET /attempts of a task and status',
    () => `/attempts?task_id=${seeder.task.task_id}&status=completed`,
  );
  await time('GET /attempts of a user', () => `/attempts?user_id=${attempt_id}`);
  await time('GET /attempts/{id}/events', () => `/attempts/${attempt_id}/events`);
  lane.close();
  await server.stop();
}
