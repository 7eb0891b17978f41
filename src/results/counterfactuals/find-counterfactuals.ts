import type { SkillCode, SummaryField } from '../interpretation/rules.ts';
import { changesBlock, viewsBlock } from './figures/acts.ts';
import { reasoningBlock } from './figures/reasoning.ts';
import { riskBlock } from './figures/risk.ts';
import { timeBlock } from './figures/time.ts';
import { figuresOf, type Measured, type Recorded, type SupposedTask } from './figures.ts';
import { judgeOf } from './judge-group.ts';
import type { RulesInUse } from './rules-in-use.ts';
import { searchGroup } from './search-group.ts';
import { counterfactualSentence } from './sentence.ts';
import type { Alternative } from './smallest.ts';

/** Every figure that rules look at, with whatever limits it. */
export const BLOCKS = [timeBlock, viewsBlock, changesBlock, reasoningBlock, riskBlock];

/** Another conclusion, and one of the smallest changes of the recorded figures that would have given it. */
export interface Counterfactual extends Alternative {
  /** The question that would have had another answer. */
  group: SummaryField;
  /** That answer, as the behavioral summary words it. */
  would_be: string;
  /** The skill that would have been inferred; null where none would. */
  skill_code: SkillCode | null;
  /** The same for a reader: about the rules, never about a person. */
  sentence: string;
}

/**
 * What else the rules would have concluded: for each group of rules every other conclusion that is possible, with
 * every smallest change of the recorded figures that gives it. The contract's section 12, point 6.
 *
 * What is smallest is defined in `smallest.ts`, what is possible in `figures/`, and why the search is exact in
 * `search-group.ts`. Pure. The work is bounded whatever was recorded: the rules are asked a few hundred times.
 */
export function findCounterfactuals<Metrics extends Measured>(
  rules: RulesInUse<Metrics>,
  metrics: Metrics,
  task: SupposedTask,
): Counterfactual[] {
  const recorded: Recorded = { figures: figuresOf(metrics), event_count: metrics.raw_event_count, task };
  const groups = Object.keys(rules.groups) as SummaryField[];
  return groups.flatMap((group) => {
    const others = searchGroup(BLOCKS, recorded, judgeOf(group, rules, metrics, recorded));
    return others.flatMap(({ conclusion: { style, skill }, smallest }) =>
      smallest.map(({ changes, follows }) => ({
        group,
        would_be: style,
        skill_code: skill?.skill_code ?? null,
        changes,
        follows,
        sentence: counterfactualSentence(
          { changes, follows },
          skill?.skill_label ?? NO_SKILL[group],
          rules.interpreter_version,
        ),
      })),
    );
  });
}

const NO_SKILL: Record<SummaryField, string> = {
  decision_style: 'no decision style',
  risk_profile: 'no risk profile',
  reasoning_style: 'no reasoning style',
};
