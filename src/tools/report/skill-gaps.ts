import { COMPARE } from '../../results/interpretation/evaluate-condition.ts';
import { figure, isNumeric } from '../../results/interpretation/figures.ts';
import type { ExplainedCondition } from '../../results/interpretation/interpret.ts';
import type { NumberComparison } from '../../results/interpretation/rule-types.ts';
import type { ExplainedProfile } from '../player/stage.ts';
import { asWords, listed } from './text.ts';

/** A skill that one run shows and another does not, and why it does not. */
export interface SkillGap {
  skill_code: string;
  /** Which conditions failed with which figures, as a clause. */
  why_not: string;
}

/**
 * The skills that `one` shows and `other` does not, with what the other's explanation says of them.
 * @param verb how its figures are told: `was`, `will be about`.
 */
export function missingIn(other: ExplainedProfile, one: ExplainedProfile, verb: string): SkillGap[] {
  const shown = skillsOf(other);
  return skillsOf(one)
    .filter((skill_code) => !shown.includes(skill_code))
    .map((skill_code) => ({ skill_code, why_not: whyNot(skill_code, other, verb) }));
}

export const skillsOf = (findings: ExplainedProfile): string[] =>
  findings.inferred_skills.map(({ skill_code }) => skill_code);

function whyNot(skill_code: string, { explanation }: ExplainedProfile, verb: string): string {
  const rule = explanation.find(({ concludes }) => concludes === skill_code);
  if (!rule) return 'the server has no rule for it';
  if (rule.held) return 'its conditions hold, but a rule before it holds as well and comes first';
  return listed(rule.conditions.filter(({ held }) => !held).map((condition) => inWords(condition, verb)));
}

/** `first decision speed was 2.1 seconds and must be more than 30 seconds`. */
function inWords(condition: ExplainedCondition, verb: string): string {
  const { metric, comparison, threshold, actual, held } = condition;
  const name = asWords(metric.replace(/^.*\./, '').replace(/_ms$/, ''));
  // However a duration is rounded, it must still stand to its threshold as the sentence says.
  const staysTrue = (seconds: number) =>
    typeof threshold !== 'number' || !isNumberComparison(comparison)
      ? true
      : COMPARE[comparison](seconds, threshold / 1_000) === held;
  const said = (value: ExplainedCondition['actual'], exact?: (seconds: number) => boolean) =>
    typeof value === 'number' && isNumeric(metric) ? figure(metric, value, exact) : String(value);
  if (!condition.assessable) return `${name} cannot be judged, because the two clocks disagree about it`;
  return `${name} ${verb} ${said(actual, staysTrue)} and must ${MUST[comparison] ?? comparison} ${said(threshold)}`;
}

const MUST: Record<string, string> = {
  '<': 'be less than',
  '<=': 'be at most',
  '>': 'be more than',
  '>=': 'be at least',
  equals: 'be',
  includes: 'include',
  excludes: 'not include',
};

const isNumberComparison = (comparison: string): comparison is NumberComparison =>
  Object.hasOwn(COMPARE, comparison);
