import { setTimeout } from 'node:timers/promises';
import type { AttemptView } from '../../attempts/session/feed.ts';
import type { RefusalDetails } from '../../errors.ts';
import { EVENT_TABLE } from '../../events/event-table.ts';
import type { ExplainedRule, Interpretation } from '../../results/interpretation/interpret.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';
import { countWords } from '../../results/metrics/words.ts';
import { type ApiClient, ApiError } from '../api-client.ts';
import { Problem } from '../problem.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import { optionsNamed, type Step } from '../scenario/steps.ts';

/** Milliseconds between two looks at whether the results are there, and after which looking is given up. */
const LOOK_EVERY_MS = 25;
const RESULTS_WITHIN_MS = 30_000;

/** Where a scenario is played: one attempt, whose time begins when it is first asked to reach a time. */
export interface Stage {
  /** The API as the candidate's front end calls it. */
  candidate: Pick<ApiClient, 'call'>;
  attempt_id: string;
  options: readonly { option_id: string; option_code: string }[];
  /** Resolves at `ms` after the beginning. */
  reach(ms: number): Promise<void>;
  /** The moment that a right clock shows at `ms` after the beginning. */
  timeOf(ms: number): Date;
  /** Ends all waiting. */
  signal?: AbortSignal | undefined;
}

export type Answer = { acknowledged: true; sequence_number: number } | RefusedAnswer;
type RefusedAnswer = { acknowledged: false; status: number; code: string; detail: string } & RefusalDetails;

/** A profile with every rule that was looked at on the way to it. */
export type ExplainedProfile = Interpretation & { explanation: readonly ExplainedRule[] };

export type Results = { metrics: ComputedMetrics; profile: ExplainedProfile };

/** Posts steps that are sent together. @returns an answer for each. @throws what keeps the server from answering */
export async function post(group: readonly Step[], stage: Stage): Promise<Answer[]> {
  const [step] = group;
  if (!step) return [];
  const { candidate, attempt_id } = stage;
  if (step.batched) {
    const events = group.map((each) => postedEvent(each, stage));
    return (await candidate.call<{ results: Answer[] }>('POST', '/events/batch', { events })).results;
  }
  const isOpen = step.event === 'task_completed' && step.option === undefined;
  const path = isOpen ? `/attempts/${attempt_id}/complete` : '/events';
  const body = isOpen ? postedDetails(step, stage) : postedEvent(step, stage);
  try {
    return [await candidate.call<Answer>('POST', path, body)];
  } catch (error) {
    if (!(error instanceof ApiError) || error.status >= 500) throw error;
    // A refusal's problem details are an answer's fields and more.
    return [{ ...(error.problem as unknown as RefusedAnswer), acknowledged: false }];
  }
}

/** The attempt as it stands; of a completed one only once its results are there. */
export async function viewOf({ candidate, attempt_id, signal }: Stage): Promise<AttemptView> {
  const deadline = performance.now() + RESULTS_WITHIN_MS;
  while (true) {
    const view = await candidate.call<AttemptView>('GET', `/attempts/${attempt_id}`);
    if (view.status !== 'completed' || view.state === 'locked') return view;
    if (performance.now() > deadline) {
      throw new Problem(
        `The results of attempt ${attempt_id} are not there after ${RESULTS_WITHIN_MS / 1_000} s; its state is ${JSON.stringify(view.state)}.`,
      );
    }
    await setTimeout(LOOK_EVERY_MS, undefined, { signal });
  }
}

/** Only of an attempt that `viewOf` shows as completed. */
export async function resultsOf({ candidate, attempt_id }: Stage): Promise<Results> {
  const metrics = await candidate.call<ComputedMetrics>('GET', `/attempts/${attempt_id}/metrics`);
  const path = `/attempts/${attempt_id}/skills?explain=true`;
  return { metrics, profile: await candidate.call<ExplainedProfile>('GET', path) };
}

/** What the person's front end posts in this step. */
function postedEvent(step: Step, stage: Stage) {
  const payload = measured(step);
  const fields = EVENT_TABLE[step.event].options;
  for (const [index, [, code]] of optionsNamed(step).entries()) {
    const option = stage.options.find(({ option_code }) => option_code === code);
    const names = fields[index];
    if (names) Object.assign(payload, { [names.id]: option?.option_id, [names.code]: code });
  }
  const event = { event_type: step.event, payload: { ...payload, ...step.payload } };
  return { attempt_id: stage.attempt_id, ...event, ...postedDetails(step, stage) };
}

function postedDetails({ at, client_at = at, metadata, client_event_id }: Step, stage: Stage) {
  // What is undefined is left out of JSON.
  return { timestamp_client: stage.timeOf(client_at).toISOString(), metadata, client_event_id };
}

/** What an event tells besides the options that it names. */
function measured(step: Step): Record<string, unknown> {
  if (step.event === 'option_viewed') return { duration_ms: step.duration_ms };
  if (step.event !== 'reasoning_updated' && step.event !== 'reasoning_submitted') return {};
  const text = reasoningText(step);
  const written = step.event === 'reasoning_submitted' ? { text } : { text_length: text.length };
  return { ...written, word_count: countWords(text) };
}
