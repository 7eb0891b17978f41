import { type Act, bodyOf } from './acts.ts';
import { Lane } from './lane.ts';
import type { SeededAttempt } from './seed.ts';
import { percentile } from './statistics.ts';

export interface LoadResult {
  /** Acknowledged events per second. */
  rate: number;
  /** Milliseconds from sending an event to its acknowledgement. */
  p50: number;
  p99: number;
  completed: number;
  /** Share of one processor core that the client itself used. */
  clientCpu: number;
}

/**
 * Closed loop: each of `candidates` posts an event, waits for the acknowledgement, posts the next, and takes a new
 * attempt from `attempts` when its own is finished.
 */
export async function playAttempts(
  url: string,
  attempts: SeededAttempt[],
  acts: readonly Act[],
  { candidates, seconds }: { candidates: number; seconds: number },
): Promise<LoadResult> {
  const lanes = await Promise.all(Array.from({ length: candidates }, () => Lane.open(url)));
  const latencies: number[] = [];
  let completed = 0;
  const cpuBefore = process.cpuUsage();
  const begun = performance.now();
  const end = begun + seconds * 1000;
  const play = async (lane: Lane) => {
    while (performance.now() < end) {
      const attempt = attempts.pop();
      if (!attempt) throw new Error('There are too few attempts for this speed; seed more.');
      for (const act of acts) {
        const sent = performance.now();
        if (sent >= end) return;
        await lane.expect('POST', '/api/v1/events', attempt.token, bodyOf(attempt.attempt_id, act));
        latencies.push(performance.now() - sent);
      }
      completed += 1;
    }
  };
  await Promise.all(lanes.map(play));
  const ms = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const lane of lanes) lane.close();
  return {
    rate: (latencies.length / ms) * 1000,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    completed,
    clientCpu: (user + system) / 1000 / ms,
  };
}
