import { RISK_TAGS, type RiskTag } from '../../../tasks/task.ts';
import { combinations } from '../combinations.ts';
import type { FigureBlock } from '../figure-block.ts';
import type { Recorded, SupposedFigures } from '../figures.ts';

const FINAL = 'risk_metrics.final_risk_tag';
const EXPOSURE = 'risk_metrics.risk_exposure_pattern';
const UNIQUE = 'decision_metrics.unique_options_viewed';
const CHANGES = 'decision_metrics.decision_change_count';

/**
 * The risk of the final choice, and of what came up on the way. The unit of an exposure pattern is a step: one more
 * view or choice, or one of another risk. Its order enters no rule and does not count.
 *
 * Possible: risks that the task's options have; the final choice is itself a step; as many different options viewed as
 * have the risks that came up, and no change where that is only one option.
 */
export const riskBlock: FigureBlock = {
  decides: [FINAL, EXPOSURE],
  figures: [FINAL, EXPOSURE, UNIQUE, CHANGES],
  follows: [],
  candidates(recorded) {
    const risks = RISK_TAGS.filter((risk) => recorded.task.options.some(({ risk_tag }) => risk_tag === risk));
    const before = recorded.figures[EXPOSURE];
    const differences = (seen: readonly RiskTag[]) =>
      risks.filter((risk) => seen.includes(risk) !== before.includes(risk)).length;
    // Of patterns that are equally far away the first one is told: the one that says least.
    const inOrder = subsets(risks).sort((a, b) => differences(a) - differences(b));
    return risks.flatMap((final) =>
      inOrder.filter((seen) => seen.includes(final)).map((seen) => supposing(recorded, final, seen)),
    );
  },
};

/** The fewest steps away from the recorded pattern that `seen`, and nothing else, came up. */
function supposing({ figures, task }: Recorded, final: RiskTag, seen: readonly RiskTag[]): SupposedFigures {
  const recorded = figures[EXPOSURE];
  // The final choice comes last.
  const missing = [...seen.filter((risk) => risk !== final), final].filter(
    (risk) => !recorded.includes(risk),
  );
  const steps = recorded.map((risk) => (seen.includes(risk) ? risk : (missing.shift() ?? final)));
  const optionsSeen = task.options.filter(({ risk_tag }) => seen.includes(risk_tag)).length;
  return {
    [FINAL]: final,
    [EXPOSURE]: [...steps, ...missing],
    [UNIQUE]: Math.min(figures[UNIQUE], optionsSeen),
    [CHANGES]: optionsSeen === 1 ? 0 : figures[CHANGES],
  };
}

function subsets(risks: readonly RiskTag[]): RiskTag[][] {
  return combinations(risks.map((risk) => [[risk], []])).map((set) => set.flat());
}

/** How many steps of another risk or more steps one pattern has than another. */
export function stepsBetween(from: readonly RiskTag[], to: readonly RiskTag[]): number {
  const count = (steps: readonly RiskTag[], risk: RiskTag) => steps.filter((each) => each === risk).length;
  const more = RISK_TAGS.map((risk) => count(to, risk) - count(from, risk));
  const added = more.filter((steps) => steps > 0).reduce((sum, steps) => sum + steps, 0);
  const removed = more.filter((steps) => steps < 0).reduce((sum, steps) => sum - steps, 0);
  return Math.max(added, removed);
}
