import { COMPARE } from '../../results/interpretation/evaluate-condition.ts';
import { figure, isNumeric } from '../../results/interpretation/figures.ts';
import type { ExplainedCondition } from '../../results/interpretation/interpret.ts';
import type { ExplainedProfile } from '../player/stage.ts';
import { asWords, duration, listed, type Paint, wrap } from './text.ts';

/** How long an attempt takes a person and here, in milliseconds, and what its persona shows at a person's pace. */
type Run = { person_ms: number; run_ms: number; in_real_time: ExplainedProfile };

const isHurried = ({ person_ms, run_ms }: Run) => run_ms < person_ms;

/** How long a run is going to take, and what a hurried one cannot show. @param expected what it will show */
export function beforehand(run: Run, expected: ExplainedProfile, paint: Paint): string[] {
  const { person_ms, run_ms, in_real_time } = run;
  const skills = listed(skillsOf(in_real_time));
  if (!isHurried(run)) return wrap(`Real time: it takes ${duration(person_ms)} and should show ${skills}.`);
  const hurried = wrap(
    `Hurried: what takes a person ${duration(person_ms)} is played in about ${duration(run_ms)}. The server ` +
      'is not told: it goes by its own clock, and the marks of its rules are seconds of a real person.',
  );
  const missing = missingIn(expected, in_real_time, 'will be about');
  const surplus = missingIn(in_real_time, expected, 'is');
  if (missing.length + surplus.length === 0) {
    return [...hurried, ...wrap(`This persona shows the same skills either way: ${skills}.`)];
  }
  const warnings = [
    ...missing.map(({ skill_code, why_not }) => `It cannot show ${skill_code}: ${why_not}.`),
    ...surplus.map(({ skill_code }) => `It will show ${skill_code}, which comes of the hurry alone.`),
    `To see what the persona really shows (${skills}): --real-time`,
  ];
  return [...hurried, ...warn(warnings, paint)];
}

/** Where the profile of a run differs from the persona's in real time, and why. */
export function afterwards(run: Run, observed: ExplainedProfile, paint: Paint): string[] {
  const shown = skillsOf(observed);
  const same = listed(skillsOf(run.in_real_time).filter((code) => shown.includes(code)));
  const missing = missingIn(observed, run.in_real_time, 'was');
  const surplus = missingIn(run.in_real_time, observed, 'is');
  const differences = [
    ...missing.map(({ skill_code, why_not }) => `It does not show ${skill_code}: ${why_not}.`),
    ...surplus.map((gap) => `Only here it shows ${gap.skill_code}: in real time, ${gap.why_not}.`),
  ];
  const wanted = isHurried(run) ? 'As in real time' : 'As it should';
  const agreement = wrap(`${wanted}, it shows ${same || 'none of the persona’s skills'}.`, '  ');
  const times =
    'The decision, hesitation and total times above are those of the run, not of a person; for these: --real-time';
  return [
    ...(differences.length === 0 ? agreement.map((line) => paint('green', line)) : agreement),
    ...warn(differences, paint),
    ...(isHurried(run) ? wrap(times, '  ') : []),
  ];
}

const warn = (sentences: readonly string[], paint: Paint): string[] =>
  sentences.flatMap((sentence) => wrap(sentence, '  - ').map((line) => paint('yellow', line)));

export const skillsOf = (findings: ExplainedProfile): string[] =>
  findings.inferred_skills.map(({ skill_code }) => skill_code);

/** The skills that only `one` shows, and why `other` does not. @param verb tells its figures: `will be about` */
export function missingIn(other: ExplainedProfile, one: ExplainedProfile, verb: string) {
  const shown = skillsOf(other);
  return skillsOf(one)
    .filter((skill_code) => !shown.includes(skill_code))
    .map((skill_code) => ({ skill_code, why_not: whyNot(skill_code, other, verb) }));
}

function whyNot(skill_code: string, { explanation }: ExplainedProfile, verb: string): string {
  const rule = explanation.find(({ concludes }) => concludes === skill_code);
  if (!rule) return 'the server has no rule for it';
  if (rule.held) return 'its conditions hold, but a rule before it holds as well and comes first';
  return listed(rule.conditions.filter(({ held }) => !held).map((condition) => inWords(condition, verb)));
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

/** `first decision speed was 2.1 seconds and must be more than 30 seconds`. */
function inWords(condition: ExplainedCondition, verb: string): string {
  const { metric, comparison, threshold, actual, held } = condition;
  const name = asWords(metric.replace(/^.*\./, '').replace(/_ms$/, ''));
  if (!condition.assessable) return `${name} cannot be judged, because the two clocks disagree about it`;
  // However a duration is rounded, it must still stand to its threshold as the sentence says.
  const compare = new Map(Object.entries(COMPARE)).get(comparison);
  const staysTrue = (seconds: number) => !compare || compare(seconds, Number(threshold) / 1_000) === held;
  const said = (value: ExplainedCondition['actual'], exact?: (seconds: number) => boolean) =>
    typeof value === 'number' && isNumeric(metric) ? figure(metric, value, exact) : String(value);
  return `${name} ${verb} ${said(actual, staysTrue)} and must ${MUST[comparison] ?? comparison} ${said(threshold)}`;
}
