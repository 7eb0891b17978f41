import { isDeepStrictEqual } from 'node:util';
import type { StateValue } from 'xstate';
import type { InferredSkill } from '../../results/interpretation/interpret.ts';
import type { Performance } from '../player/play.ts';
import type { ExpectedState } from '../scenario/expectations.ts';
import type { LoadedScenario } from '../scenario/parse.ts';
import type { Path, Place } from '../scenario/places.ts';
import { metricsByName } from './profile.ts';

/** An expectation that was not met, and where in its file it stands. */
export interface Difference extends Place {
  expected: unknown;
  actual: unknown;
}

const NO_RESULTS = 'no results, because the attempt was not completed';

/** Everything in which a performance is not what its scenario expects; measured times may be off by `toleranceMs`. */
export function differences(
  { expect, placeOf }: Pick<LoadedScenario, 'expect' | 'placeOf'>,
  { steps, view, results }: Performance,
  toleranceMs = 0,
): Difference[] {
  const differences: Difference[] = [];
  /** Notes a difference; what is not expected at all may be anything. */
  function check<Expected, Actual>(
    path: Path,
    expected: Expected | undefined,
    actual: Actual,
    isMet: (expected: Expected, actual: Actual) => boolean = isDeepStrictEqual,
  ): void {
    if (expected === undefined || isMet(expected, actual)) return;
    differences.push({ ...placeOf(path), expected, actual });
  }

  for (const [index, { step, outcome, answer, view }] of steps.entries()) {
    const path = ['steps', index, 'expect'];
    const { refused, state, allowed, fields } = step.expect;
    const refusal = answer.acknowledged ? undefined : answer;
    const actual = refusal ? `refused: ${refusal.code} (${refusal.detail})` : outcome;
    if (refused) check([...path, 'refused'], refused, actual, () => refused === refusal?.code);
    else check(path, step.expect.outcome, actual, () => step.expect.outcome === outcome);
    const before = steps[index - 1]?.view.sequence_number ?? 0;
    if (refusal && !step.batched && view.sequence_number !== before) {
      check(path, 'a refused event changes nothing', `${view.sequence_number} events on record`);
    }
    check([...path, 'state'], state, view.state, stateMatches);
    if (allowed)
      check([...path, 'allowed'], allowed, refusal?.allowed_events ?? view.allowed_events, isSameSet);
    check([...path, 'fields'], fields, refusal?.errors?.map((error) => error.path) ?? [], isSameSet);
  }

  check(['expect', 'state'], expect.state, view.state, stateMatches);
  check(['expect', 'status'], expect.status, view.status);
  const metrics = results && metricsByName(results.metrics);
  for (const { name, path, value } of expect.metrics ?? []) {
    const isMet = (expected: unknown, actual: unknown) =>
      isDeepStrictEqual(expected, actual) ||
      (name.startsWith('time_metrics.') && Math.abs(Number(expected) - Number(actual)) <= toleranceMs);
    check(['expect', 'metrics', ...path], value, metrics?.[name] ?? NO_RESULTS, isMet);
  }
  const skills = results?.profile.inferred_skills;
  check(['expect', 'skills'], expect.skills, skills?.map(fullName) ?? NO_RESULTS, (expected) => {
    const isThere = (name: string) => skills?.some((skill) => namesOf(skill).includes(name)) ?? false;
    return expected.length === skills?.length && expected.every(isThere);
  });
  const limits = skills?.flatMap(({ limited_by }) => limited_by);
  check(['expect', 'limits'], expect.limits, limits ?? NO_RESULTS, isSameSet);
  const borderline = results?.profile.borderline;
  check(['expect', 'borderline'], expect.borderline, borderline ?? NO_RESULTS, (expected, actual) => {
    const completed = expected.map((mark, index) => ({ ...borderline?.[index], ...mark }));
    return isDeepStrictEqual(completed, actual);
  });
  const summary: Record<string, unknown> = results?.profile.behavioral_summary ?? {};
  for (const [field, expected] of Object.entries(expect.summary ?? {})) {
    check(['expect', 'summary', field], expected, summary[field] ?? NO_RESULTS);
  }
  for (const [index, words] of (expect.notes ?? []).entries()) {
    const notes = results?.profile.recruiter_notes ?? NO_RESULTS;
    check(['expect', 'notes', index], words, notes, () => notes.includes(words));
  }
  return differences;
}

/** A state's name matches it whatever is inside; names inside it must match, the others may be anything. */
function stateMatches(expected: ExpectedState, actual: StateValue | undefined): boolean {
  if (actual === undefined) return false;
  if (typeof expected === 'string') {
    return typeof actual === 'string' ? expected === actual : Object.hasOwn(actual, expected);
  }
  const inner = typeof actual === 'string' ? { [actual]: undefined } : actual;
  return Object.entries(expected).every(([name, state]) => stateMatches(state, inner[name]));
}

const isSameSet = (expected: Iterable<string>, actual: Iterable<string>): boolean =>
  isDeepStrictEqual(new Set(expected), new Set(actual));

/** Everything that a scenario may call a skill: by its code, its confidence, its reliability. */
const namesOf = ({ skill_code, confidence, reliability }: InferredSkill): string[] =>
  ['', ` (${confidence})`, ` (${reliability})`, ` (${confidence} but ${reliability})`].map(
    (said) => skill_code + said,
  );

/** That a skill is not limited goes without saying. */
const fullName = ({ skill_code, confidence, reliability }: InferredSkill): string =>
  `${skill_code} (${confidence}${reliability === 'limited' ? ' but limited' : ''})`;
