import { isDeepStrictEqual } from 'node:util';
import type { StateValue } from 'xstate';
import { metricValues } from '../../results/interpretation/metric-names.ts';
import type { ExpectedState, FinalExpectation } from './expectations.ts';
import type { Performance, PlayedStep } from './play.ts';
import type { Path } from './positions.ts';
import type { Scenario } from './scenario.ts';
import type { Results } from './stage.ts';

/** An expectation that was not met. */
export interface Difference {
  /** The field of the scenario that expects it. */
  path: Path;
  expected: unknown;
  actual: unknown;
}

const NO_RESULTS = 'no results, because the attempt was not completed';

/**
 * Everything in which a performance is not what its scenario expects.
 * @param toleranceMs by how many milliseconds a measured time may be off: in real time none is exact.
 */
export function differences(
  { steps, expect }: Pick<Scenario, 'steps' | 'expect'>,
  played: Performance,
  toleranceMs = 0,
): Difference[] {
  return [
    ...steps.flatMap((_, index) => {
      const step = played.steps[index];
      return step ? stepDifferences(step, ['steps', index]) : [];
    }),
    ...finalDifferences(expect, played, toleranceMs),
  ];
}

function stepDifferences(
  { step, outcome, answer, view, recorded_before }: PlayedStep,
  path: Path,
): Difference[] {
  const { expect } = step;
  const refused = answer.acknowledged ? undefined : answer;
  const found: Difference[] = [];
  const differ = (fields: string[], expected: unknown, actual: unknown) =>
    found.push({ path: [...path, 'expect', ...fields], expected, actual });

  if (expect.outcome !== outcome || (expect.code !== undefined && expect.code !== refused?.code)) {
    const actual = refused ? `refused: ${refused.code} (${refused.detail})` : outcome;
    differ(expect.code === undefined ? [] : ['refused'], expect.code ?? expect.outcome, actual);
  }
  if (refused && !step.batched && view.sequence_number !== recorded_before) {
    differ([], 'a refused event changes nothing', `${view.sequence_number} events on record`);
  }
  if (expect.state !== undefined && !stateMatches(expect.state, view.state)) {
    differ(['state'], expect.state, view.state);
  }
  const allowed = refused?.allowed_events ?? view.allowed_events;
  if (expect.allowed && !sameMembers(expect.allowed, allowed)) differ(['allowed'], expect.allowed, allowed);
  const wrong = refused?.errors?.map((error) => error.path) ?? [];
  if (expect.fields && !sameMembers(expect.fields, wrong)) differ(['fields'], expect.fields, wrong);
  return found;
}

function finalDifferences(expect: FinalExpectation, { view, results }: Performance, tolerance: number) {
  const found: Difference[] = [];
  const check = (field: string, expected: unknown, actual: unknown, holds: boolean) => {
    if (!holds) found.push({ path: ['expect', ...field.split('/')], expected, actual });
  };
  if (expect.state !== undefined) {
    check('state', expect.state, view.state, stateMatches(expect.state, view.state));
  }
  if (expect.status !== undefined) check('status', expect.status, view.status, expect.status === view.status);
  const actual = results && metricsByName(results.metrics);
  for (const [name, expected] of expect.metrics ?? []) {
    const value = actual?.get(name) ?? NO_RESULTS;
    const holds = sameMetric(name, expected, value, tolerance);
    check(`metrics/${name.replace('.', '/')}`, expected, value, holds);
  }
  if (expect.skills) {
    const skills = results ? skillNames(results) : NO_RESULTS;
    const expected = expect.skills.map(({ skill_code, confidence }) =>
      confidence === undefined ? skill_code : `${skill_code} (${confidence})`,
    );
    check('skills', expected, skills, skillsMatch(expect.skills, results));
  }
  for (const [field, expected] of Object.entries(expect.summary ?? {})) {
    const summary: Record<string, unknown> = results?.profile.behavioral_summary ?? {};
    const value = summary[field] ?? NO_RESULTS;
    check(`summary/${field}`, expected, value, expected === undefined || expected === value);
  }
  for (const [index, words] of (expect.notes ?? []).entries()) {
    const notes = results?.profile.recruiter_notes ?? NO_RESULTS;
    if (!notes.includes(words))
      found.push({ path: ['expect', 'notes', index], expected: words, actual: notes });
  }
  return found;
}

/** A state's name matches it whatever is inside; names inside it must match, the others may be anything. */
export function stateMatches(expected: ExpectedState, actual: StateValue | undefined): boolean {
  if (actual === undefined) return false;
  if (typeof expected === 'string') {
    return typeof actual === 'string' ? expected === actual : Object.hasOwn(actual, expected);
  }
  const inner = typeof actual === 'string' ? { [actual]: undefined } : actual;
  return Object.entries(expected).every(([name, state]) => stateMatches(state, inner[name]));
}

/** Every metric by its dotted name, in the order in which they are stored. */
export function metricsByName(metrics: Results['metrics']): Map<string, unknown> {
  const { raw_event_count, quality_flags, version } = metrics;
  return new Map(Object.entries({ ...metricValues(metrics), raw_event_count, quality_flags, version }));
}

/** The inferred skills as a scenario names them. */
export const skillNames = ({ profile }: Results): string[] =>
  profile.inferred_skills.map(({ skill_code, confidence }) => `${skill_code} (${confidence})`);

function sameMetric(name: string, expected: unknown, actual: unknown, tolerance: number): boolean {
  if (name.startsWith('time_metrics.') && typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= tolerance;
  }
  return isDeepStrictEqual(expected, actual);
}

function skillsMatch(
  expected: NonNullable<FinalExpectation['skills']>,
  results: Results | undefined,
): boolean {
  const inferred = results?.profile.inferred_skills;
  if (inferred?.length !== expected.length) return false;
  return expected.every(({ skill_code, confidence }) =>
    inferred.some(
      (skill) =>
        skill.skill_code === skill_code && (confidence === undefined || skill.confidence === confidence),
    ),
  );
}

function sameMembers(expected: readonly string[], actual: readonly string[]): boolean {
  return isDeepStrictEqual(new Set(expected), new Set(actual));
}
