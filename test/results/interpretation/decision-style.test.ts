import { describe, expect, it } from 'vitest';
import { interpret } from '../../../src/results/interpretation/interpret.ts';
import type { RiskTag } from '../../../src/tasks/task.ts';
import { taskWith } from '../../support/recorded.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

const DECISION_SKILLS = ['ANALYTICAL_THINKING', 'DECISIVE_THINKING', 'EXPLORATORY_THINKING'];

/** The decision style of someone with these metrics, with its skill and confidence where there is one. */
function styleOf(observed: Observed, task = fiveOptions): string {
  const { inferred_skills, behavioral_summary } = interpret(someoneWith(observed), task);
  const skill = inferred_skills.find(({ skill_code }) => DECISION_SKILLS.includes(skill_code));
  const style = behavioral_summary.decision_style;
  return skill ? `${style}: ${skill.skill_code} "${skill.skill_label}" ${skill.confidence}` : style;
}

const ANALYTICAL = 'analytical: ANALYTICAL_THINKING "Analytical Thinker" strong';
const DECISIVE = 'decisive: DECISIVE_THINKING "Decisive Thinker" strong';
const LESS_DECISIVE = 'decisive: DECISIVE_THINKING "Decisive Thinker" moderate';
const EXPLORATORY = 'exploratory: EXPLORATORY_THINKING "Exploratory Thinker" strong';

describe('analytical: slow first decision, full coverage, structured reasoning', () => {
  const analyst: Observed = {
    first_decision_speed_ms: 30_001,
    unique_options_viewed: 4,
    reasoning_depth_score: 60,
  };

  it.each<[string, Observed, string]>([
    ['all three, each just so', {}, ANALYTICAL],
    ['exactly 30 seconds is not slow', { first_decision_speed_ms: 30_000 }, 'undetermined'],
    ['three of five options are not full coverage', { unique_options_viewed: 3 }, 'undetermined'],
    ['all five options are', { unique_options_viewed: 5 }, ANALYTICAL],
    ['a depth below 60 is not structured', { reasoning_depth_score: 59.9 }, 'undetermined'],
  ])('%s', (_, difference, style) => {
    expect(styleOf({ ...analyst, ...difference })).toBe(style);
  });

  it.each([
    [2, 1, false],
    [2, 2, true],
    [3, 2, false],
    [3, 3, true],
    [4, 3, false],
    [4, 4, true],
    [5, 4, true],
    [6, 4, false],
    [6, 5, true],
    [10, 7, false],
    [10, 8, true],
    [15, 12, true],
  ])('of %d options, %d viewed are full coverage: %s', (options, viewed, full) => {
    const codes = Array.from({ length: options }, (_, i) => [`O${i}`, 'low'] as [string, RiskTag]);
    const style = styleOf({ ...analyst, unique_options_viewed: viewed }, taskWith(Object.fromEntries(codes)));
    expect(style).toBe(full ? ANALYTICAL : 'undetermined');
  });
});

describe('decisive: fast first decision, few changes', () => {
  it.each<[string, Observed, string]>([
    ['9 999 ms and no change', { first_decision_speed_ms: 9_999 }, DECISIVE],
    ['one change', { first_decision_speed_ms: 9_999, decision_change_count: 1 }, LESS_DECISIVE],
    ['two changes are not few', { first_decision_speed_ms: 9_999, decision_change_count: 2 }, 'undetermined'],
    ['exactly 10 seconds is not fast', { first_decision_speed_ms: 10_000 }, 'undetermined'],
    ['at once', { first_decision_speed_ms: 0 }, DECISIVE],
  ])('%s', (_, observed, style) => {
    expect(styleOf(observed)).toBe(style);
  });
});

describe('exploratory: many changes, many revisits', () => {
  it.each<[string, Observed, string]>([
    ['3 changes, 11 views of 5', { decision_change_count: 3, options_viewed_count: 11 }, EXPLORATORY],
    ['exactly 2 views per option', { decision_change_count: 3, options_viewed_count: 10 }, 'undetermined'],
    ['2 changes', { decision_change_count: 2, options_viewed_count: 11 }, 'undetermined'],
  ])('%s', (_, observed, style) => {
    expect(styleOf(observed)).toBe(style);
  });
});

it('is undetermined where nothing stands out, and then infers no decision skill', () => {
  expect(styleOf({})).toBe('undetermined');
});

it('is the first that holds: an analyst who also explored is analytical', () => {
  const both = { decision_change_count: 5, options_viewed_count: 20, unique_options_viewed: 5 };
  expect(styleOf(both)).toBe(EXPLORATORY);
  expect(styleOf({ ...both, first_decision_speed_ms: 45_000, reasoning_depth_score: 80 })).toBe(ANALYTICAL);
});
