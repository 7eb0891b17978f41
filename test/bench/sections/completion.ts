import { setTimeout } from 'node:timers/promises';
import { ObjectId } from 'mongodb';
import { WebSocket } from 'ws';
import { taskAttempts } from '../../../src/attempts/stored/collection.ts';
import { type Act, bodyOf, openActs, playedActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { Lane } from '../lane.ts';
import type { SeededAttempt, Seeder } from '../seed.ts';
import { median, percentile } from '../statistics.ts';

const IDLE_COMPLETIONS = 60;
const AT_ONCE = 50;
/** Open-loop load of other attempts, and as many completions as twelve-event attempts bring at that rate. */
const EVENTS_PER_SECOND = 360;
const COMPLETIONS_PER_SECOND = 30;

/** (f) The time from the last event to the results, and what completions cost everybody else. */
export async function completion(bench: Bench): Promise<void> {
  bench.report.begin('f');
  await bench.withServer('completion', async ({ url }, seeder) => {
    await idleCompletions(bench, url, seeder);
    await completionsPerSecond(bench, url, seeder);
    await othersMeanwhile(bench, url, seeder);
  });
}

const beforeCompletion = (seeder: Seeder) => playedActs(seeder.task).slice(0, -1);
const complete = (lane: Lane, seeder: Seeder, { attempt_id, token }: SeededAttempt) =>
  lane.expect('POST', '/api/v1/events', token, bodyOf(attempt_id, playedActs(seeder.task).at(-1) as Act));

async function idleCompletions(bench: Bench, url: string, seeder: Seeder): Promise<void> {
  const lane = await Lane.open(url);
  const times: number[] = [];
  for (const attempt of await seeder.attempts(IDLE_COMPLETIONS, beforeCompletion(seeder))) {
    let locked = () => {};
    const isLocked = new Promise<number>((resolve) => {
      locked = () => resolve(performance.now());
    });
    const socket = new WebSocket(
      `${url.replace('http', 'ws')}/ws/attempts/${attempt.attempt_id}?token=${attempt.token}`,
    );
    await new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        resolve();
        if (String(message).includes('"state":"locked"')) locked();
      });
    });
    await complete(lane, seeder, attempt);
    const answered = performance.now();
    times.push((await isLocked) - answered);
    socket.terminate();
  }
  lane.close();
  bench.report.add('idle server: acknowledgement to locked, p50', median(times), 'ms', { atMost: 50 });
  bench.report.add('idle server: acknowledgement to locked, p99', percentile(times, 0.99), 'ms');
}

async function completionsPerSecond(bench: Bench, url: string, seeder: Seeder): Promise<void> {
  const count = bench.options.seconds * 300;
  const attempts = await seeder.attempts(count, beforeCompletion(seeder));
  const ids = attempts.map(({ attempt_id }) => new ObjectId(attempt_id));
  const lanes = await Promise.all(Array.from({ length: AT_ONCE }, () => Lane.open(url)));
  const begun = performance.now();
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = attempts.pop(); next; next = attempts.pop()) await complete(lane, seeder, next);
    }),
  );
  const acknowledged = performance.now() - begun;
  const stored = seeder.database.collection(taskAttempts);
  while ((await stored.countDocuments({ _id: { $in: ids }, is_locked: true })) < count) await setTimeout(50);
  const allLocked = performance.now() - begun;
  for (const lane of lanes) lane.close();
  bench.report.add(`${AT_ONCE} at once: completions acknowledged`, (count / acknowledged) * 1000, '1/s');
  bench.report.add(`${AT_ONCE} at once: completions up to locked`, (count / allLocked) * 1000, '1/s');
}

/** Alternating windows with and without completions; the others' events keep the same pace in both. */
async function othersMeanwhile(bench: Bench, url: string, seeder: Seeder): Promise<void> {
  const { rounds, seconds } = bench.options;
  const others = await seeder.attempts(100, openActs(seeder.task, 5));
  const act = openActs(seeder.task, 3)[2] as Act;
  const window = async (completions: SeededAttempt[]) => {
    const latencies: number[] = [];
    const posting = paced(url, EVENTS_PER_SECOND, seconds, async (lane, index) => {
      const { attempt_id, token } = others[index % others.length] as SeededAttempt;
      const sent = performance.now();
      await lane.expect('POST', '/api/v1/events', token, bodyOf(attempt_id, act));
      latencies.push(performance.now() - sent);
    });
    const completing = paced(url, COMPLETIONS_PER_SECOND, seconds, async (lane) => {
      const attempt = completions.pop();
      if (attempt) await complete(lane, seeder, attempt);
    });
    await Promise.all([posting, completing]);
    return latencies;
  };
  await window([]);
  const slower: { p50: number[]; p99: number[] } = { p50: [], p99: [] };
  for (let round = 0; round < rounds; round += 1) {
    const completions = await playedUpToCompletion(url, seeder, COMPLETIONS_PER_SECOND * seconds + 10);
    const without = await window([]);
    const along = await window(completions);
    slower.p50.push(median(along) / median(without));
    slower.p99.push(percentile(along, 0.99) / percentile(without, 0.99));
  }
  const what = `${EVENTS_PER_SECOND} events/s with ${COMPLETIONS_PER_SECOND} completions/s / without:`;
  bench.report.add(`${what} p50`, median(slower.p50), '', { atMost: 1.2 });
  bench.report.add(`${what} p99`, median(slower.p99), '');
}

/** Attempts that are loaded, as they are when a candidate completes one; only the last event is missing. */
async function playedUpToCompletion(url: string, seeder: Seeder, count: number): Promise<SeededAttempt[]> {
  const attempts = await seeder.attempts(count);
  const waiting = [...attempts];
  const lanes = await Promise.all(Array.from({ length: AT_ONCE }, () => Lane.open(url)));
  await Promise.all(
    lanes.map(async (lane) => {
      for (let next = waiting.pop(); next; next = waiting.pop()) {
        for (const act of beforeCompletion(seeder)) {
          await lane.expect('POST', '/api/v1/events', next.token, bodyOf(next.attempt_id, act));
        }
      }
    }),
  );
  for (const lane of lanes) lane.close();
  return attempts;
}

/** Starts something `rate` times a second, whether or not the earlier ones have ended. */
async function paced(
  url: string,
  rate: number,
  seconds: number,
  run: (lane: Lane, index: number) => Promise<void>,
): Promise<void> {
  const free: Lane[] = [];
  const running: Promise<void>[] = [];
  const begun = performance.now();
  for (let index = 0; index < rate * seconds; index += 1) {
    const wait = begun + (index / rate) * 1000 - performance.now();
    if (wait > 0) await setTimeout(wait);
    const lane = free.pop() ?? (await Lane.open(url));
    running.push(run(lane, index).then(() => void free.push(lane)));
  }
  await Promise.all(running);
  for (const lane of free) lane.close();
}
