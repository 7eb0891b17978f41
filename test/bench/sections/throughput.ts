import { playedActs } from '../acts.ts';
import type { Bench } from '../bench.ts';
import { type LoadResult, playAttempts } from '../load.ts';
import { type Measured, type Place, startFloor } from '../processes.ts';
import { redeemedAttempts } from '../redeem.ts';
import type { SeededAttempt, Seeder } from '../seed.ts';
import { median } from '../statistics.ts';

const WARM_UP_SECONDS = 3;
/** Reserve: this many times the attempts that would be played at the warm-up's speed are prepared. */
const RESERVE = 2;
/** Enough attempts are prepared for the warm-up for this many events per second. */
const WARM_UP_RATE = 5000;
/** The other version of the server, if there is one to compare with. */
const OTHER = 'other version';
const FLOOR = 'floor';

const letterOf = (subject: string): 'a' | 'b' => (subject === 'server' || subject === OTHER ? 'a' : 'b');

interface Round extends LoadResult {
  /** Processor time in µs per event: of the measured process, and of the engine. */
  cpu: number;
  engineCpu: number;
}

interface Subject {
  process: Measured;
  seeder: Seeder;
  attempts(count: number): SeededAttempt[] | Promise<SeededAttempt[]>;
  /** Of the last round, in events per second. */
  rate: number;
}

/** (a) Durable events per second, alone or against another version; (b) against the floors; in alternating rounds. */
export async function throughput(bench: Bench): Promise<void> {
  const { against, only } = bench.options;
  await bench.withServer('throughput', async (process, seeder, place) => {
    const server = serverOf(process, seeder);
    const floors = only.includes('b') ? await startFloors(place, seeder) : {};
    if (against === undefined) await compareAll(bench, { server, ...floors });
    else {
      await bench.withServer(
        'throughput_other',
        async (other, otherSeeder) =>
          compareAll(bench, { server, [OTHER]: serverOf(other, otherSeeder), ...floors }),
        {},
        against,
      );
    }
    for (const floor of Object.values(floors)) await floor.process.stop();
  });
}

function serverOf(process: Measured, seeder: Seeder): Subject {
  const attempts = (count: number) => redeemedAttempts(process.url, seeder, count);
  return { process, seeder, attempts, rate: WARM_UP_RATE };
}

async function startFloors(place: Place, seeder: Seeder): Promise<Record<string, Subject>> {
  const start = async (bare: boolean): Promise<Subject> => ({
    process: await startFloor(place, bare),
    seeder,
    attempts: (count) => seeder.unstored(count),
    rate: WARM_UP_RATE,
  });
  return { [FLOOR]: await start(false), 'bare floor': await start(true) };
}

async function compareAll(bench: Bench, subjects: Record<string, Subject>): Promise<void> {
  for (const candidates of [50, 500]) await compare(bench, subjects, candidates);
}

async function compare(bench: Bench, subjects: Record<string, Subject>, candidates: number): Promise<void> {
  const { report } = bench;
  const { rounds, seconds } = bench.options;
  const results = new Map(Object.keys(subjects).map((name) => [name, [] as Round[]]));
  for (const subject of Object.values(subjects)) {
    await playRound(bench, subject, { candidates, seconds: WARM_UP_SECONDS });
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, subject] of Object.entries(subjects)) {
      results.get(name)?.push(await playRound(bench, subject, { candidates, seconds }));
    }
  }
  const of = (name: string, figure: keyof Round) =>
    median((results.get(name) ?? []).map((round) => round[figure]));
  for (const name of Object.keys(subjects)) {
    report.begin(letterOf(name));
    const what = `${candidates} candidates, ${name}:`;
    report.add(`${what} durable events`, of(name, 'rate'), '1/s');
    report.add(`${what} latency p50`, of(name, 'p50'), 'ms');
    report.add(`${what} latency p99`, of(name, 'p99'), 'ms');
    report.add(`${what} own processor time per event`, of(name, 'cpu'), 'µs');
    report.add(`${what} engine's processor time per event`, of(name, 'engineCpu'), 'µs');
    report.add(`${what} client's share of a core`, of(name, 'clientCpu'), '');
  }
  for (const other of Object.keys(subjects).filter((name) => name !== 'server')) {
    report.begin(letterOf(other));
    /** Round by round, because other work on the machine changes from round to round. */
    const ratio = (figure: keyof Round) =>
      median(
        (results.get('server') ?? []).map(
          (own, index) => own[figure] / (results.get(other)?.[index]?.[figure] ?? 0),
        ),
      );
    const bounds = candidates === 50 && other === FLOOR;
    report.add(
      `${candidates} candidates: rate, server / ${other}`,
      ratio('rate'),
      '',
      bounds ? { atLeast: 0.75 } : undefined,
    );
    report.add(
      `${candidates} candidates: p99, server / ${other}`,
      ratio('p99'),
      '',
      bounds ? { atMost: 2 } : undefined,
    );
  }
}

async function playRound(
  bench: Bench,
  subject: Subject,
  load: { candidates: number; seconds: number },
): Promise<Round> {
  const acts = playedActs(subject.seeder.task);
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
