import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BehaviorEvent } from '../../events/event-table.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import type { LiveFeed } from './live-feed.ts';
import type { Step } from './plan.ts';
import { DemoProblem } from './problem.ts';

/** A candidate's attempt under way. */
export interface Attempt {
  candidate: ApiClient;
  attempt_id: string;
  feed: LiveFeed;
}

/** Who is told what the candidate does. */
export interface Audience {
  /** A pause begins; `pause_ms` is what it takes in this run. */
  doing(what: string, pause_ms: number): void;
  /** An event is about to be posted; its acknowledgement will bear this sequence number. */
  posting(sequence_number: number, event: BehaviorEvent): void;
}

/**
 * Plays a plan through to the locked profile: posts each event over REST and goes on when it was acknowledged
 * over the socket. Durations that events tell are those of this run, as measured.
 * @param pace what one second of a person takes here: 1 in real time.
 * @throws DemoProblem where the server refuses an event or falls silent; the signal's reason when it is aborted.
 */
export async function play(
  { candidate, attempt_id, feed }: Attempt,
  plan: readonly Step[],
  { pace, signal, audience }: { pace: number; signal: AbortSignal; audience: Audience },
): Promise<void> {
  const client_session_id = randomUUID();
  let sequence_number = 0;
  await feed.open();
  for (const step of plan) {
    const spent_ms = await spend(step, feed, pace, signal, audience);
    if (!step.event) continue;
    const event = step.event(spent_ms);
    const number = ++sequence_number;
    audience.posting(number, event);
    await post(candidate, {
      ...event,
      attempt_id,
      timestamp_client: new Date().toISOString(),
      client_event_id: randomUUID(),
      metadata: { client_session_id, user_agent: 'skill-observation-demo' },
    });
    await feed.until(() => feed.lastEvent >= number, `event ${number}`, signal);
  }
  await feed.until(() => feed.resultsReady, 'that the results are ready', signal);
}

/** @returns the milliseconds that the pause really took, to the tenth. */
async function spend(step: Step, feed: LiveFeed, pace: number, signal: AbortSignal, audience: Audience) {
  signal.throwIfAborted();
  if (step.pause_ms === 0) return 0;
  const pause_ms = step.pause_ms * pace;
  if (step.doing) audience.doing(step.doing, pause_ms);
  const began = performance.now();
  if (step.away) feed.close();
  await sleep(pause_ms, undefined, { signal });
  if (step.away) await feed.open();
  return Math.round((performance.now() - began) * 10) / 10;
}

async function post(candidate: ApiClient, event: BehaviorEvent & Record<string, unknown>): Promise<void> {
  try {
    await candidate.call('POST', '/events', event);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const { detail = error.message } = error.problem;
    throw new DemoProblem(`The server refused ${event.event_type} (${error.status}): ${detail}`);
  }
}
