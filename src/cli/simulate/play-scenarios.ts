import { setMaxListeners } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import type { Arguments } from './arguments.ts';
import { differences } from './compare.ts';
import type { LoadedScenario } from './parse.ts';
import { type Performance, play } from './play.ts';
import { placed, type ScenarioReport } from './report.ts';
import type { Stage } from './stage.ts';
import { virtualStage } from './virtual-stage.ts';

/** Milliseconds from one person's beginning to the next one's: nobody's first step waits behind all others'. */
const BETWEEN_BEGINNINGS_MS = 20;

/** Plays all scenarios where the command says. @throws what keeps one from being played to its end. */
export async function playScenarios(
  loaded: readonly LoadedScenario[],
  { server, toleranceMs }: Pick<Arguments, 'server' | 'toleranceMs'>,
): Promise<ScenarioReport[]> {
  if (server) return playOnServer(loaded, server, toleranceMs);
  const reports: ScenarioReport[] = [];
  for (const scenario of loaded) {
    reports.push(reportOn(scenario, await play(scenario, await virtualStage(scenario.task)), 0));
  }
  return reports;
}

/** What to say before playing in real time, which may take long. */
export function announcement(loaded: readonly LoadedScenario[], url: string): string {
  const playable = loaded.filter(isPlayableInRealTime);
  const longest = Math.max(0, ...playable.map(({ steps }) => steps.at(-1)?.at ?? 0));
  const scenarios = playable.length === 1 ? 'scenario' : 'scenarios at once';
  return `Playing ${playable.length} ${scenarios} in real time at ${url}, at least ${longest / 1000} s.`;
}

const isPlayableInRealTime = ({ exact_times }: LoadedScenario): boolean => !exact_times;

/** All at once, as different candidates would: one after the other their real times would add up. */
async function playOnServer(
  loaded: readonly LoadedScenario[],
  { url, ...credentials }: NonNullable<Arguments['server']>,
  toleranceMs: number,
): Promise<ScenarioReport[]> {
  // Only here, because loading what talks to a server takes longer than playing in virtual time.
  const [{ logIn, ensureTask }, { serverStage }] = await Promise.all([
    import('./server-account.ts'),
    import('./server-stage.ts'),
  ]);
  const staff = await logIn(url, credentials);
  const failed = new AbortController();
  setMaxListeners(0, failed.signal);
  // Everybody is ready before anybody begins, or those who begin late would have their first steps delayed.
  const stages = new Map<LoadedScenario, Stage>();
  for (const scenario of loaded.filter(isPlayableInRealTime)) {
    const task_id = await ensureTask(staff, scenario.task);
    stages.set(scenario, await serverStage(staff, task_id, failed.signal));
  }
  return Promise.all(
    loaded.map(async (scenario, index) => {
      const stage = stages.get(scenario);
      if (!stage) return { scenario, differences: [] };
      await setTimeout(index * BETWEEN_BEGINNINGS_MS, undefined, { signal: failed.signal });
      return reportOn(scenario, await play(scenario, stage), toleranceMs);
    }),
  ).catch((error) => {
    // Where one cannot be played to its end, nobody waits for the others.
    failed.abort();
    throw error;
  });
}

function reportOn(scenario: LoadedScenario, played: Performance, toleranceMs: number): ScenarioReport {
  return { scenario, played, differences: placed(scenario, differences(scenario, played, toleranceMs)) };
}
