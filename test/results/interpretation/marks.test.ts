import { describe, expect, it } from 'vitest';
import { explain, interpret } from '../../../src/results/interpretation/interpret.ts';
import type { TaskMarks } from '../../../src/tasks/general-marks.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

const taskOf = (marks: TaskMarks) => ({ ...fiveOptions, marks });
const styleOf = (observed: Observed, marks: TaskMarks) =>
  interpret(someoneWith(observed), taskOf(marks)).behavioral_summary;

const analytical = { first_decision_speed_ms: 41_000, unique_options_viewed: 4, reasoning_depth_score: 70 };
const exploratory = { decision_change_count: 3, options_viewed_count: 11 };

it.each<[Observed, TaskMarks, TaskMarks, string]>([
  [{ first_decision_speed_ms: 19_999 }, { fast_first_decision_ms: 20_000 }, {}, 'decisive'],
  [{ first_decision_speed_ms: 5_000, decision_change_count: 2 }, { few_changes: 2 }, {}, 'decisive'],
  [analytical, {}, { slow_first_decision_ms: 41_000 }, 'analytical'],
  [analytical, {}, { coverage_share: 0.81 }, 'analytical'],
  [analytical, {}, { structured_depth: 71 }, 'analytical'],
  [exploratory, {}, { many_changes: 4 }, 'exploratory'],
  [exploratory, {}, { revisits_per_option: 2.2 }, 'exploratory'],
])('%o is read by the marks %o, not by %o', (observed, marks, others, style) => {
  expect(styleOf(observed, marks).decision_style).toBe(style);
  expect(styleOf(observed, others).decision_style).toBe('undetermined');
});

it('the marks of reasoning are the task’s as well', () => {
  const observed = { word_count: 30, reasoning_depth_score: 33 };
  expect(styleOf(observed, { detailed_words: 30 }).reasoning_style).toBe('detailed');
  expect(styleOf(observed, { structured_depth: 33 }).reasoning_style).toBe('structured');
  expect(styleOf(observed, {}).reasoning_style).toBe('brief');
});

describe('the explanation', () => {
  const marks = { fast_first_decision_ms: 20_000, coverage_share: 0.5 };
  const conditions = explain(someoneWith(), taskOf(marks)).flatMap((rule) => rule.conditions);

  it('names for each threshold whether it is the task’s or the general one', () => {
    const named = conditions.map(({ threshold, threshold_of }) => [threshold, threshold_of]);
    expect(named.slice(0, 7)).toEqual([
      [30_000, 'general'],
      [2.5, 'task'],
      [60, 'general'],
      [20_000, 'task'],
      [1, 'general'],
      [3, 'general'],
      [10, 'general'],
    ]);
    expect(conditions.every(({ threshold_of }) => ['task', 'general'].includes(threshold_of))).toBe(true);
  });
});

it('the evidence says whose mark it is', () => {
  const evidence = (marks: TaskMarks) =>
    interpret(someoneWith({ first_decision_speed_ms: 8_000 }), taskOf(marks)).inferred_skills[0]?.evidence;
  expect(evidence({ fast_first_decision_ms: 20_000 })).toEqual([
    'The first option was selected 8 seconds after the start, sooner than this task’s mark of 20 seconds for a fast first decision.',
    'The record shows 0 selection changes, at or below the mark of 1 selection change for few changes.',
  ]);
});
