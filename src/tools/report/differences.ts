import { isDeepStrictEqual } from 'node:util';
import type { StateValue } from 'xstate';
import { metricValues } from '../../results/interpretation/metric-names.ts';
import type { Performance, PlayedStep } from '../player/play.ts';
import type { Results } from '../player/stage.ts';
import type { ExpectedState, FinalExpectation } from '../scenario/expectations.ts';
import type { LoadedScenario } from '../scenario/parse.ts';
import type { Path, Place } from '../scenario/places.ts';

/** An expectation that was not met, and where in its file it stands. */
export interface Difference extends Place {
  expected: unknown;
  actual: unknown;
}

type Differ = (path: Path, expected: unknown, actual: unknown) => void;

const NO_RESULTS = 'no results, because the attempt was not completed';

/**
 * Everything in which a performance is not what its scenario expects.
 * @param toleranceMs by how many milliseconds a measured time may be off: in real time none is exact.
 */
export function differences(
  { expect, placeOf }: Pick<LoadedScenario, 'expect' | 'placeOf'>,
  played: Performance,
  toleranceMs = 0,
): Difference[] {
  const differences: Difference[] = [];
  const differ: Differ = (path, expected, actual) => {
    differences.push({ ...placeOf(path), expected, actual });
  };
  for (const [index, step] of played.steps.entries()) compareStep(step, ['steps', index, 'expect'], differ);
  compareEnd(expect, played, toleranceMs, differ);
  return differences;
}

function compareStep(played: PlayedStep, path: Path, differ: Differ): void {
  const { step, outcome, answer, view, recorded_before } = played;
  const { expect } = step;
  const refused = answer.acknowledged ? undefined : answer;
  if (expect.outcome !== outcome || (expect.code !== undefined && expect.code !== refused?.code)) {
    const actual = refused ? `refused: ${refused.code} (${refused.detail})` : outcome;
    const field = expect.code === undefined ? path : [...path, 'refused'];
    differ(field, expect.code ?? expect.outcome, actual);
  }
  if (refused && !step.batched && view.sequence_number !== recorded_before) {
    differ(path, 'a refused event changes nothing', `${view.sequence_number} events on record`);
  }
  if (expect.state !== undefined && !stateMatches(expect.state, view.state)) {
    differ([...path, 'state'], expect.state, view.state);
  }
  const checkSet = (field: string, expected: readonly string[] | undefined, actual: readonly string[]) => {
    const isSame = isDeepStrictEqual(new Set(expected), new Set(actual));
    if (expected && !isSame) differ([...path, field], expected, actual);
  };
  checkSet('allowed', expect.allowed, refused?.allowed_events ?? view.allowed_events);
  checkSet('fields', expect.fields, refused?.errors?.map((error) => error.path) ?? []);
}

function compareEnd(
  expect: FinalExpectation,
  { view, results }: Performance,
  tolerance: number,
  differ: Differ,
): void {
  if (expect.state !== undefined && !stateMatches(expect.state, view.state)) {
    differ(['expect', 'state'], expect.state, view.state);
  }
  if (expect.status !== undefined && expect.status !== view.status) {
    differ(['expect', 'status'], expect.status, view.status);
  }
  const metrics = results && metricsByName(results.metrics);
  for (const [name, expected] of expect.metrics ?? []) {
    const actual = metrics?.get(name) ?? NO_RESULTS;
    if (!sameMetric(name, expected, actual, tolerance)) {
      differ(['expect', 'metrics', ...name.split('.')], expected, actual);
    }
  }
  if (expect.skills && !skillsMatch(expect.skills, results)) {
    const expected = expect.skills.map(skillName);
    const actual = results ? results.profile.inferred_skills.map(inferredName) : NO_RESULTS;
    differ(['expect', 'skills'], expected, actual);
  }
  compareLimits(expect, results, differ);
  const summary: Record<string, unknown> = results?.profile.behavioral_summary ?? {};
  for (const [field, expected] of Object.entries(expect.summary ?? {})) {
    const actual = summary[field] ?? NO_RESULTS;
    if (expected !== actual) differ(['expect', 'summary', field], expected, actual);
  }
  const notes = results?.profile.recruiter_notes ?? NO_RESULTS;
  for (const [index, words] of (expect.notes ?? []).entries()) {
    if (!notes.includes(words)) differ(['expect', 'notes', index], words, notes);
  }
}

function compareLimits(expect: FinalExpectation, results: Results | undefined, differ: Differ): void {
  const limits = results?.profile.inferred_skills.flatMap(({ limited_by }) => limited_by);
  if (expect.limits && !isDeepStrictEqual(new Set(expect.limits), new Set(limits))) {
    differ(['expect', 'limits'], expect.limits, limits ?? NO_RESULTS);
  }
  const borderline = results?.profile.borderline;
  const isAsExpected =
    expect.borderline?.length === borderline?.length &&
    expect.borderline?.every((mark, index) =>
      isDeepStrictEqual({ ...borderline?.[index], ...mark }, borderline?.[index]),
    );
  if (expect.borderline && !isAsExpected) {
    differ(['expect', 'borderline'], expect.borderline, borderline ?? NO_RESULTS);
  }
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

/** Every metric by its dotted name, in the order in which they are stored. */
export function metricsByName(metrics: Results['metrics']): Map<string, unknown> {
  const { raw_event_count, quality_flags, version } = metrics;
  return new Map(Object.entries({ ...metricValues(metrics), raw_event_count, quality_flags, version }));
}

type ExpectedSkill = NonNullable<FinalExpectation['skills']>[number];

/** A skill as a scenario names it. */
function skillName({ skill_code, confidence, reliability }: ExpectedSkill): string {
  const said = [confidence, reliability].filter((word) => word !== undefined).join(' but ');
  return said === '' ? skill_code : `${skill_code} (${said})`;
}

/** An inferred skill as a scenario would name it: that it is not limited goes without saying. */
function inferredName({ skill_code, confidence, reliability }: ExpectedSkill): string {
  return skillName({
    skill_code,
    confidence,
    reliability: reliability === 'limited' ? reliability : undefined,
  });
}

function skillsMatch(expected: readonly ExpectedSkill[], results: Results | undefined): boolean {
  const inferred = results?.profile.inferred_skills;
  if (inferred?.length !== expected.length) return false;
  return expected.every(({ skill_code, confidence, reliability }) =>
    inferred.some(
      (skill) =>
        skill.skill_code === skill_code &&
        (confidence ?? skill.confidence) === skill.confidence &&
        (reliability ?? skill.reliability) === skill.reliability,
    ),
  );
}

function sameMetric(name: string, expected: unknown, actual: unknown, tolerance: number): boolean {
  if (name.startsWith('time_metrics.') && typeof expected === 'number' && typeof actual === 'number') {
    return Math.abs(expected - actual) <= tolerance;
  }
  return isDeepStrictEqual(expected, actual);
}
