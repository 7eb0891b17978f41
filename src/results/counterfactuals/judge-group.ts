import type { SummaryField } from '../interpretation/rules.ts';
import { type Measured, type Recorded, withFigures } from './figures.ts';
import type { JudgedCondition, JudgedRule, RulesInUse } from './rules-in-use.ts';
import { type Alternative, supposedBy } from './smallest.ts';

/** What the rules of one group conclude. */
export interface Conclusion {
  /** The word in the behavioral summary. */
  style: string;
  /** The skill of the rule that applied; undefined where none did. */
  skill: JudgedRule['rule'] | undefined;
  /** That rule's place among those of its group; behind all of them where none applied. */
  place: number;
}

/** What the rules of one group would make of a record. */
export interface GroupJudgement {
  conclusion: Conclusion;
  /** All conditions of the group's rules, in order. */
  conditions: readonly JudgedCondition[];
}

/** Asks the rules of one group about the recorded figures with some of them changed. */
export type JudgeGroup = (change: Alternative) => GroupJudgement;

export function judgeOf<Metrics extends Measured>(
  group: SummaryField,
  rules: RulesInUse<Metrics>,
  metrics: Metrics,
  { task }: Recorded,
): JudgeGroup {
  const ofGroup = rules.groups[group].rules;
  return (change) => {
    const { rules: judged, summary } = rules.evaluate(withFigures(metrics, supposedBy(change)), task);
    const own = judged.filter(({ rule }) => ofGroup.includes(rule));
    const applied = own.findIndex((each) => each.applied);
    return {
      conclusion: {
        style: summary[group],
        skill: own[applied]?.rule,
        place: applied < 0 ? own.length : applied,
      },
      conditions: own.flatMap(({ conditions }) => conditions),
    };
  };
}
