import { playedActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { type LoadResult, playAttempts } from '../load.ts';
import { type Measured, startFloor } from '../processes.ts';
import { redeemedAttempts } from '../redeem.ts';
import type { SeededAttempt, Seeder } from '../seed.ts';
import { median } from '../statistics.ts';

const WARM_UP_SECONDS = 3;
/** Reserve: this many times the attempts that would be played at the warm-up's speed are prepared. */
const RESERVE = 2;
/** Enough attempts are prepared for the warm-up for this many events per second. */
const WARM_UP_RATE = 5000;

interface Round extends LoadResult {
  /** Processor time in µs per event: of the measured process, and of the engine. */
  cpu: number;
  engineCpu: number;
}

interface Subject {
  process: Measured;
  attempts(count: number): SeededAttempt[] | Promise<SeededAttempt[]>;
  /** Of the last round, in events per second. */
  rate: number;
}

/** (a) Durable events per second, and (b) against the floor servers, in alternating rounds. */
export async function throughput(bench: Bench): Promise<void> {
  await bench.withServer('throughput', async (server, seeder, place) => {
    const subjects: Record<string, Subject> = {
      server: {
        process: server,
        attempts: (count) => redeemedAttempts(server.url, seeder, count),
        rate: WARM_UP_RATE,
      },
    };
    if (bench.options.only.includes('b')) {
      for (const [name, bare] of [
        ['floor', false],
        ['bare floor', true],
      ] as const) {
        const process = await startFloor(place, bare);
        subjects[name] = { process, attempts: (count) => seeder.unstored(count), rate: WARM_UP_RATE };
      }
    }
    for (const candidates of [50, 500]) await compare(bench, seeder, subjects, candidates);
    for (const name of ['floor', 'bare floor']) await subjects[name]?.process.stop();
  });
}

async function compare(
  bench: Bench,
  seeder: Seeder,
  subjects: Record<string, Subject>,
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
    /** Round by round, because other work on the machine changes from round to round. */
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
  subject: Subject,
  load: { candidates: number; seconds: number },
): Promise<Round> {
  const acts = playedActs(seeder.task);
  const { url, cpu } = subject.process;
  const expected = (load.seconds * subject.rate * RESERVE) / acts.length;
  const attempts = await subject.attempts(load.candidates + Math.ceil(expected));
  const [cpuBefore, engineBefore] = [await cpu(), await bench.engineCpu()];
  const result = await playAttempts(url, attempts, acts, load);
  subject.rate = result.rate;
  const perEvent = 1000 / (result.rate * load.seconds);
  return {
    ...result,
    cpu: ((await cpu()) - cpuBefore) * perEvent,
    engineCpu: ((await bench.engineCpu()) - engineBefore) * perEvent,
  };
}
