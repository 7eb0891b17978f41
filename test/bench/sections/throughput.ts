import { playedActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { type LoadResult, playAttempts } from '../load.ts';
import { type Measured, startFloor } from '../processes.ts';
import type { Seeder } from '../seed.ts';
import { median } from '../statistics.ts';

const WARM_UP_SECONDS = 3;
/** Events per second that attempts are seeded for, well above what is expected of any server here. */
const SEEDED_RATE = 12_000;

interface Round extends LoadResult {
  /** Processor time in µs per event: of the measured process, and of the engine. */
  cpu: number;
  engineCpu: number;
}

/** (a) Durable events per second, and (b) against the floor servers, in alternating rounds. */
export async function throughput(bench: Bench): Promise<void> {
  await bench.withServer('throughput', async (server, seeder, place) => {
    const subjects: Record<string, Measured> = { server };
    if (bench.options.only.includes('b')) {
      subjects['floor'] = await startFloor(place, false);
      subjects['bare floor'] = await startFloor(place, true);
    }
    for (const candidates of [50, 500]) await compare(bench, seeder, subjects, candidates);
    await subjects['floor']?.stop();
    await subjects['bare floor']?.stop();
  });
}

async function compare(
  bench: Bench,
  seeder: Seeder,
  subjects: Record<string, Measured>,
  candidates: number,
): Promise<void> {
  const { report } = bench;
  const { rounds, seconds } = bench.options;
  const results = new Map(Object.keys(subjects).map((name) => [name, [] as Round[]]));
  for (const subject of Object.values(subjects)) {
    await playRound(bench, seeder, subject, { candidates, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(subjects)) {
      results.get(name)?.push(await playRound(bench, seeder, subject, { candidates, seconds }));
    }
  }
  const of = (name: string, figure: keyof Round) =>
    median((results.get(name) ?? []).map((round) => round[figure]));
  for (const name of Object.keys(subjects)) {
    report.begin(name === 'server' ? 'a' : 'b');
    const what = `${candidates} candidates, ${name}:`;
    report.add(`${what} durable events`, of(name, 'rate'), '1/s');
    report.add(`${what} latency p50`, of(name, 'p50'), 'ms');
    report.add(`${what} latency p99`, of(name, 'p99'), 'ms');
    report.add(`${what} own processor time per event`, of(name, 'cpu'), 'µs');
    report.add(`${what} engine's processor time per event`, of(name, 'engineCpu'), 'µs');
    report.add(`${what} client's share of a core`, of(name, 'clientCpu'), '');
  }
  report.begin('b');
  for (const floor of Object.keys(subjects).filter((name) => name !== 'server')) {
    /** Round by round, because what else the machine does changes from round to round. */
    const ratio = (figure: keyof Round) =>
      median(
        (results.get('server') ?? []).map(
          (own, index) => own[figure] / (results.get(floor)?.[index]?.[figure] ?? 0),
        ),
      );
    const bounds = candidates === 50 && floor === 'floor';
    report.add(
      `${candidates} candidates: rate, server / ${floor}`,
      ratio('rate'),
      '',
      bounds ? { atLeast: 0.75 } : undefined,
    );
    report.add(
      `${candidates} candidates: p99, server / ${floor}`,
      ratio('p99'),
      '',
      bounds ? { atMost: 2 } : undefined,
    );
  }
}

async function playRound(
  bench: Bench,
  seeder: Seeder,
  { url, cpu }: Measured,
  load: { candidates: number; seconds: number },
): Promise<Round> {
  const acts = playedActs(seeder.task);
  const attempts = await seeder.attempts(
    load.candidates + Math.ceil((load.seconds * SEEDED_RATE) / acts.length),
  );
  const [cpuBefore, engineBefore] = [await cpu(), await bench.engineCpu()];
  const result = await playAttempts(url, attempts, acts, load);
  const perEvent = 1000 / (result.rate * load.seconds);
  return {
    ...result,
    cpu: ((await cpu()) - cpuBefore) * perEvent,
    engineCpu: ((await bench.engineCpu()) - engineBefore) * perEvent,
  };
}
