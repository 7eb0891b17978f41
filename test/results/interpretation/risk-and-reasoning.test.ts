import { describe, expect, it } from 'vitest';
import { interpret } from '../../../src/results/interpretation/interpret.ts';
import type { RiskTag } from '../../../src/tasks/task.ts';
import { fiveOptions, type Observed, someoneWith } from './some-metrics.ts';

function skillsOf(observed: Observed): string[] {
  const { inferred_skills } = interpret(someoneWith(observed), fiveOptions);
  return inferred_skills.map((skill) => `${skill.skill_code} "${skill.skill_label}" ${skill.confidence}`);
}

function summaryOf(observed: Observed) {
  return interpret(someoneWith(observed), fiveOptions).behavioral_summary;
}

describe('risk profile', () => {
  it.each<[RiskTag, RiskTag[], string, string]>([
    ['low', ['high', 'low'], 'RISK_AWARENESS "Risk-Aware Decision Maker" strong', 'risk_averse'],
    ['low', ['medium', 'low'], 'RISK_AVERSE "Risk-Averse" moderate', 'risk_averse'],
    ['high', ['high', 'low'], 'CALCULATED_RISK_TAKER "Calculated Risk-Taker" moderate', 'risk_seeking'],
    ['high', ['medium', 'high'], 'RISK_SEEKING "Risk-Seeking" strong', 'risk_seeking'],
    ['medium', ['medium'], 'RISK_NEUTRAL "Balanced Risk Approach" moderate', 'risk_neutral'],
    ['medium', ['low', 'high', 'medium'], 'RISK_NEUTRAL "Balanced Risk Approach" moderate', 'risk_neutral'],
  ])('%s in the end after %j: %s', (final_risk_tag, risk_exposure_pattern, skill, profile) => {
    const observed = { final_risk_tag, risk_exposure_pattern };
    expect(skillsOf(observed)[0]).toBe(skill);
    expect(summaryOf(observed).risk_profile).toBe(profile);
  });
});

describe('reasoning style', () => {
  const STRUCTURED = ['STRUCTURED_REASONING "Structured Communicator" strong', 'structured'];
  const DETAILED = ['DETAILED_REASONING "Detailed Communicator" moderate', 'detailed'];
  const CONCISE = ['CONCISE_REASONING "Concise Communicator" moderate', 'brief'];

  it.each<[number, number, string[]]>([
    [60, 60, STRUCTURED],
    [40, 60, STRUCTURED], // few words, many keywords
    [54, 59.4, DETAILED],
    [50, 50, DETAILED],
    [49, 58.8, CONCISE],
    [49, 49, CONCISE],
    [1, 1, CONCISE],
    [0, 0, CONCISE], // something was submitted, and then emptied
  ])('%d words of depth %d', (word_count, reasoning_depth_score, [skill, style]) => {
    const observed = { word_count, reasoning_depth_score };
    expect(skillsOf(observed)[1]).toBe(skill);
    expect(summaryOf(observed).reasoning_style).toBe(style);
  });

  it('is none without reasoning, and then infers no reasoning skill', () => {
    const silent = { reasoning_provided: false, word_count: 0, reasoning_depth_score: 0 };
    expect(skillsOf(silent)).toHaveLength(1);
    expect(summaryOf(silent).reasoning_style).toBe('none');
  });

  it('is none without reasoning whatever else is claimed', () => {
    const silent = { reasoning_provided: false, word_count: 80, reasoning_depth_score: 90 };
    expect(summaryOf(silent).reasoning_style).toBe('none');
  });
});

it('infers skills in the order decision, risk, reasoning', () => {
  const observed: Observed = { first_decision_speed_ms: 3_000, final_risk_tag: 'low', word_count: 60 };
  expect(
    interpret(someoneWith(observed), fiveOptions).inferred_skills.map((skill) => skill.skill_code),
  ).toEqual(['DECISIVE_THINKING', 'RISK_AVERSE', 'DETAILED_REASONING']);
});

it('refuses a risk that no rule knows, rather than leaving the profile without one', () => {
  const metrics = someoneWith({ final_risk_tag: 'extreme' as RiskTag });
  expect(() => interpret(metrics, fiveOptions)).toThrow(
    /^None of the rules risk_profile\.risk_awareness,.+risk_profile\.\w+ holds\.$/,
  );
});

it('says by which version of the rules a profile was made', () => {
  expect(interpret(someoneWith(), fiveOptions).interpreter_version).toBe('1.1.0');
});
