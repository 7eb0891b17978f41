import { setTimeout } from 'node:timers/promises';
import type { AttemptView } from '../../attempts/feed.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';
import type { CandidateTask } from '../../tasks/task-view.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import type { Answer, ExplainedProfile, PostedEvent, RefusedAnswer, Stage } from './stage.ts';

/** Milliseconds between two looks at whether the results are there, and after which looking is given up. */
const LOOK_EVERY_MS = 25;
const RESULTS_WITHIN_MS = 30_000;

/** A stage on a server, with what is needed to watch its attempt there. */
export interface ServerStage extends Stage {
  candidate: ApiClient;
  attempt_id: string;
}

/**
 * Sets a stage on a running server: a fresh attempt at `task_id`, redeemed by an anonymous candidate, in real
 * time from then on.
 * @param staff may issue tokens.
 * @param signal ends all waiting.
 * @throws ApiError where the server does not play along.
 */
export async function serverStage(
  staff: ApiClient,
  task_id: string,
  signal?: AbortSignal,
): Promise<ServerStage> {
  const issued = await staff.call<{ tokens: { token: string }[] }>('POST', '/tokens/generate', { task_id });
  const { attempt, access_token, task } = await staff
    .as(undefined)
    .call<{ attempt: { attempt_id: string }; access_token: string; task: CandidateTask }>(
      'POST',
      '/attempts',
      {
        token: issued.tokens[0]?.token,
      },
    );
  const { attempt_id } = attempt;
  const candidate = staff.as(access_token);
  const path = `/attempts/${attempt_id}`;
  // The first look at the attempt makes the server load it; the person should not have to wait for that.
  await candidate.call('GET', path);
  let beginning: number | undefined;
  const withAttempt = (event: PostedEvent) => ({ attempt_id, ...event });
  return {
    candidate,
    attempt_id,
    optionIds: new Map(task.options.map((option) => [option.option_code, option.option_id])),
    reach: async (ms) => {
      beginning ??= Date.now();
      const wait = beginning + ms - Date.now();
      if (wait > 0) await setTimeout(wait, undefined, { signal });
    },
    timeOf: (ms) => new Date((beginning ?? Date.now()) + ms),
    submit: (event) => answerTo(candidate, '/events', withAttempt(event)),
    submitBatch: async (events) => {
      const body = { events: events.map(withAttempt) };
      return (await candidate.call<{ results: Answer[] }>('POST', '/events/batch', body)).results;
    },
    complete: (details) => answerTo(candidate, `${path}/complete`, details),
    view: async () => {
      const deadline = Date.now() + RESULTS_WITHIN_MS;
      while (true) {
        const view = await candidate.call<AttemptView>('GET', path);
        if (view.status !== 'completed' || view.state === 'locked') return view;
        if (Date.now() > deadline) throw new Error(`The results at ${path} are not there in time.`);
        await setTimeout(LOOK_EVERY_MS, undefined, { signal });
      }
    },
    results: async () => ({
      metrics: await candidate.call<ComputedMetrics>('GET', `${path}/metrics`),
      profile: await candidate.call<ExplainedProfile>('GET', `${path}/skills?explain=true`),
    }),
    leave: () => undefined,
  };
}

async function answerTo(candidate: ApiClient, path: string, body: object): Promise<Answer> {
  try {
    return await candidate.call<Answer>('POST', path, body);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    // A refusal's problem details are an answer's fields and more.
    return { ...(error.problem as unknown as RefusedAnswer), acknowledged: false };
  }
}
