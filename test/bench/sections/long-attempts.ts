import { type Act, bodyOf, openActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { Lane } from '../lane.ts';
import { startServer } from '../processes.ts';
import { Seeder } from '../seed.ts';
import { median } from '../statistics.ts';

const LENGTHS = [10, 100, 1000, 5000];
/** Attempts of each length, and events posted to each once it is loaded. */
const ATTEMPTS = 5;
const EVENTS = 80;

/** (e) What an event costs in attempts of different lengths: the first after a restart, and later ones. */
export async function longAttempts(bench: Bench): Promise<void> {
  const place = bench.place('long');
  const seeder = await Seeder.open(place);
  const attempts = [];
  for (const length of LENGTHS) {
    for (const attempt of await seeder.attempts(ATTEMPTS, openActs(seeder.task, length)))
      attempts.push({ length, attempt });
  }
  const [warmUp] = await seeder.attempts(1);
  const server = await startServer(bench.options.server, place);
  const lane = await Lane.open(server.url);
  const timed = async ({ attempt_id, token }: { attempt_id: string; token: string }, act: Act) => {
    const body = bodyOf(attempt_id, act);
    const sent = performance.now();
    await lane.expect('POST', '/api/v1/events', token, body);
    return performance.now() - sent;
  };
  const acts = openActs(seeder.task, 2000);
  for (const act of acts) if (warmUp) await timed(warmUp, act);

  const first = new Map(LENGTHS.map((length) => [length, [] as number[]]));
  const later = new Map(LENGTHS.map((length) => [length, [] as number[]]));
  for (const { length, attempt } of attempts) first.get(length)?.push(await timed(attempt, acts[1] as Act));
  // One event for each attempt in turn, so that other work on the machine affects all lengths alike.
  for (let index = 0; index < EVENTS; index += 1) {
    for (const { length, attempt } of attempts) later.get(length)?.push(await timed(attempt, acts[1] as Act));
  }
  lane.close();
  await server.stop();
  await seeder.close();

  const { report } = bench;
  report.begin('e');
  for (const length of LENGTHS) {
    report.add(
      `attempt of ${length} events: the first event after a restart`,
      median(first.get(length) ?? []),
      'ms',
    );
  }
  for (const length of LENGTHS) {
    report.add(
      `attempt of ${length} events: an event once loaded, p50`,
      median(later.get(length) ?? []),
      'ms',
    );
  }
  const ratio = median(later.get(5000) ?? []) / median(later.get(10) ?? []);
  report.add('an event once loaded: attempt of 5000 / attempt of 10', ratio, '', { atMost: 1.2 });
}
