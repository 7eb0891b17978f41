import { setTimeout } from 'node:timers/promises';
import { type Act, bodyOf, openActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { Lane } from '../lane.ts';
import type { Measured } from '../processes.ts';
import type { SeededAttempt, Seeder } from '../seed.ts';

/** Events that each open attempt has before its candidate posts the next one. */
const STORED = 6;
const LANES = 50;
/** The server ends idle sessions every 30 s. */
const EVICTION_MS = 33_000;

/** (d) The memory of an open attempt while it is loaded, and what is left after it has been idle long enough. */
export async function memory(bench: Bench): Promise<void> {
  const { report, options } = bench;
  report.begin('d');
  await bench.withServer('memory', async (server, seeder) => {
    const base = await settled(bench, server, seeder, 0);
    let open = 0;
    for (const count of options.openAttempts) {
      await openAttempts(server.url, seeder, count - open);
      open = count;
      const used = await atRest(server);
      report.add(
        `${count} open attempts: heap per attempt`,
        (used.heapUsed - base.heapUsed) / count / 1024,
        'KB',
        { atMost: 6 },
      );
      report.add(
        `${count} open attempts: heap and buffers per attempt`,
        (taken(used) - taken(base)) / count / 1024,
        'KB',
      );
      report.add(
        `${count} open attempts: RSS`,
        used.rss / 2 ** 20,
        'MB',
        count === 50_000 ? { atMost: 600 } : undefined,
      );
    }
  });
  const measureEvicted = async (server: Measured, seeder: Seeder) => {
    const base = await settled(bench, server, seeder, EVICTION_MS);
    const count = Math.max(...options.openAttempts);
    await openAttempts(server.url, seeder, count);
    await setTimeout(EVICTION_MS);
    const used = await atRest(server);
    report.add(
      `${count} idle and evicted: heap per attempt`,
      (used.heapUsed - base.heapUsed) / count,
      'bytes',
      { atMost: 200 },
    );
    report.add(`${count} idle and evicted: RSS`, used.rss / 2 ** 20, 'MB');
  };
  await bench.withServer('evicted', measureEvicted, { SESSION_IDLE_SECONDS: '1' });
}

const taken = ({ heapUsed, external }: NodeJS.MemoryUsage) => heapUsed + external;

/** The memory of a server that has worked and rested, so that compiled code does not count as an attempt's memory. */
async function settled(
  bench: Bench,
  server: Measured,
  seeder: Seeder,
  restMs: number,
): Promise<NodeJS.MemoryUsage> {
  await openAttempts(server.url, seeder, 2000);
  await setTimeout(restMs);
  const used = await atRest(server);
  bench.report.add('before: heap', used.heapUsed / 2 ** 20, 'MB');
  bench.report.add('before: RSS', used.rss / 2 ** 20, 'MB');
  return used;
}

async function atRest(server: Measured): Promise<NodeJS.MemoryUsage> {
  await setTimeout(500);
  return server.memory();
}

/** Each attempt has some events and gets one more, so that its session is loaded and has worked. */
async function openAttempts(url: string, seeder: Seeder, count: number): Promise<void> {
  const acts = openActs(seeder.task, STORED + 1);
  // Prefilled before connecting, because the server cuts idle connections.
  const attempts = await seeder.attempts(count, acts.slice(0, STORED));
  const lanes = await Promise.all(Array.from({ length: LANES }, () => Lane.open(url)));
  const work = async (lane: Lane) => {
    for (let next: SeededAttempt | undefined = attempts.pop(); next; next = attempts.pop()) {
      await lane.expect('POST', '/api/v1/events', next.token, bodyOf(next.attempt_id, acts[STORED] as Act));
    }
  };
  await Promise.all(lanes.map(work));
  for (const lane of lanes) lane.close();
}
