import type { AttemptView } from '../../attempts/session/feed.ts';
import type { Outcome } from '../scenario/expectations.ts';
import type { Scenario } from '../scenario/scenario.ts';
import { type Step, sentTogether } from '../scenario/steps.ts';
import { type Answer, post, resultsOf, type Stage, viewOf } from './stage.ts';

/** A step and what came of it. */
export interface PlayedStep {
  step: Step;
  /** Milliseconds since the beginning; later than `step.at` for what waited to be sent in a batch. */
  sent_at: number;
  outcome: Outcome;
  answer: Answer;
  /** The attempt after the step; within a batch, after the whole batch. */
  view: AttemptView;
}

/** A scenario as it was played, from the first step to the results, if it came to any. */
export type Performance = Awaited<ReturnType<typeof play>>;

/** Follows a performance while it goes on. The player waits for it; what it throws ends the performance. */
export interface Observer {
  /** A step is next, and may not be due for a while. */
  before(step: Step): Promise<void>;
  after(played: PlayedStep): Promise<void>;
}

/** Plays all steps, whatever is answered. @throws what keeps the server from answering */
export async function play({ steps }: Pick<Scenario, 'steps'>, stage: Stage, observer?: Observer) {
  const played: PlayedStep[] = [];
  let view = await viewOf(stage);
  for (const group of sentTogether(steps)) {
    for (const step of group) await observer?.before(step);
    const sent_at = group.at(-1)?.at ?? 0;
    await stage.reach(sent_at);
    const answers = await post(group, stage);
    let recorded = view.sequence_number;
    view = await viewOf(stage);
    for (const [index, step] of group.entries()) {
      const answer = answers[index];
      if (!answer) throw new Error(`The server said nothing about event ${index + 1} of a batch.`);
      const one = { step, sent_at, outcome: outcomeOf(answer, recorded), answer, view };
      if (answer.acknowledged) recorded = Math.max(recorded, answer.sequence_number);
      await observer?.after(one);
      played.push(one);
    }
  }
  const results = view.status === 'completed' ? await resultsOf(stage) : undefined;
  return { steps: played, view, results };
}

/** A repeat is answered as the first time, so it is the number that tells them apart. */
function outcomeOf(answer: Answer, recorded: number): Outcome {
  if (!answer.acknowledged) return 'refused';
  return answer.sequence_number <= recorded ? 'repeated' : 'accepted';
}
