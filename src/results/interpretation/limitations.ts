import type { Evaluation } from './evaluate.ts';
import { duration } from './figures.ts';
import { clocksDisagree, disagreement } from './first-decision.ts';
import type { Limits } from './limits.ts';

/** What limits this record, in few plain words each: the clocks first, then whatever limits a conclusion. */
export function findLimitations(evaluation: Evaluation, limits: Limits): string[] {
  const { decision_style, risk_profile, reasoning_style } = limits;
  const all = [...decision_style, ...risk_profile, ...reasoning_style];
  return [clocks(evaluation), ...all.map((limit) => limit.note(evaluation))].filter(
    (clause) => clause !== undefined,
  );
}

function clocks(evaluation: Evaluation): string | undefined {
  const { firstDecision, flags, rules } = evaluation;
  if (clocksDisagree(firstDecision)) {
    const isSpeedOpen = rules.some(({ conditions }) =>
      conditions.some((condition) => condition.kind === 'number' && condition.unassessable !== undefined),
    );
    const consequence = isSpeedOpen ? ', so how soon the first option was selected cannot be told' : '';
    return `the times are those of arrival: the connection was away for ${duration(disagreement(firstDecision))}${consequence}`;
  }
  if (flags.includes('client_clock_unusable')) {
    return 'the times rest on the server’s clock alone, because the front end’s stood still or ran backwards';
  }
  if (flags.includes('clock_skew')) {
    return 'the times are those of arrival: the two clocks disagree by more than 2 seconds about the time between some events';
  }
  return undefined;
}
