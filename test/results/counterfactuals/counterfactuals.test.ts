import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FigureName } from '../../../src/results/counterfactuals/figures.ts';
import {
  BLOCKS,
  type Counterfactual,
  findCounterfactuals,
} from '../../../src/results/counterfactuals/find-counterfactuals.ts';
import { evaluate } from '../../../src/results/interpretation/evaluate.ts';
import { RULES } from '../../../src/results/interpretation/rules.ts';
import type { ComputedMetrics } from '../../../src/results/metrics/compute-metrics.ts';
import { RULES as RULES_1_0 } from '../../../src/results/v1.0.0/interpretation/rules.ts';
import { resultsVersion } from '../../../src/results/versions.ts';
import { anyone } from '../interpretation/anyone.ts';
import { fiveOptions, type Observed, someoneWith } from '../interpretation/some-metrics.ts';
import { lowRecords } from './records.ts';

const RUNS = { numRuns: 40 };

const { findCounterfactuals: find } = resultsVersion('1.1.0');
const task = { ...fiveOptions, requires_reasoning: true };

interface Rule {
  conditions: readonly { metric: FigureName }[];
}

/** What would have led to one conclusion, each as `metric from → to`. */
function waysTo(conclusion: string, observed: Observed, at = task): string[] {
  return find(someoneWith(observed), at)
    .filter(({ would_be, skill_code }) => conclusion === (skill_code ?? would_be))
    .map(({ changes }) =>
      changes.map(({ metric, from, to }) => `${metric.split('.')[1]} ${from} → ${to}`).join(', '),
    );
}

function sentencesOf(group: Counterfactual['group'], observed: Observed, at = task): string[] {
  return find(someoneWith(observed), at)
    .filter((each) => each.group === group)
    .map(({ sentence }) => sentence);
}

/** Nine seconds, two changes, and a text that is almost structured. */
const hesitant: Observed = {
  first_decision_speed_ms: 9_400,
  decision_change_count: 2,
  options_viewed_count: 5,
  word_count: 44,
  logical_keyword_count: 2,
  reasoning_depth_score: 52.8,
};

describe('the smallest changes', () => {
  it('change the fewest figures, each of them just as far as its mark', () => {
    expect(waysTo('DECISIVE_THINKING', hesitant)).toEqual(['decision_change_count 2 → 1']);
    expect(waysTo('EXPLORATORY_THINKING', hesitant)).toEqual([
      'options_viewed_count 5 → 11, decision_change_count 2 → 3',
    ]);
  });

  it('are all told where none is smaller than the other', () => {
    expect(waysTo('STRUCTURED_REASONING', hesitant)).toEqual([
      'word_count 44 → 50',
      'logical_keyword_count 2 → 4',
    ]);
  });

  it('take with them what else would be impossible', () => {
    const brief: Observed = {
      ...hesitant,
      total_time_ms: 12_000,
      options_viewed_count: 3,
      word_count: 50,
      reasoning_depth_score: 60,
    };
    expect(waysTo('ANALYTICAL_THINKING', brief)).toEqual([
      // The other clock may be 2 s behind before the two contradict each other.
      'first_decision_speed_ms 9400 → 30001, first_decision_client_ms 9400 → 28001, total_time_ms 12000 → 30001, ' +
        'unique_options_viewed 3 → 4, options_viewed_count 3 → 4',
    ]);
    const late: Observed = { first_decision_speed_ms: 11_000, first_action_ms: 10_500 };
    expect(waysTo('DECISIVE_THINKING', late)).toEqual([
      'first_decision_speed_ms 11000 → 9999, first_action_ms 10500 → 9999',
    ]);
  });

  it('are those of the front end’s clock where the two clocks contradict each other', () => {
    const heldBack: Observed = {
      first_action_ms: 20,
      first_decision_speed_ms: 40,
      first_decision_client_ms: 29_000,
    };
    expect(waysTo('DECISIVE_THINKING', heldBack)).toEqual(['first_decision_client_ms 29000 → 9999']);
  });

  it('are by the marks of the task', () => {
    const own = { ...task, marks: { few_changes: 0, many_changes: 9 } };
    expect(waysTo('DECISIVE_THINKING', hesitant, own)).toEqual(['decision_change_count 2 → 0']);
  });

  it('count a step of another risk or one more step of a pattern', () => {
    const bold: Observed = {
      final_risk_tag: 'high',
      risk_exposure_pattern: ['low', 'high', 'high'],
      unique_options_viewed: 2,
    };
    expect(waysTo('RISK_SEEKING', bold)).toEqual(['risk_exposure_pattern low,high,high → high,high,high']);
    expect(waysTo('RISK_NEUTRAL', bold)).toEqual([
      'final_risk_tag high → medium, risk_exposure_pattern low,high,high → low,high,high,medium',
    ]);
  });

  it('do not leave more options viewed than came up', () => {
    const all: Observed = {
      final_risk_tag: 'low',
      risk_exposure_pattern: ['low', 'high', 'high', 'low', 'low'],
      unique_options_viewed: 4,
    };
    expect(waysTo('RISK_AVERSE', all)).toEqual([
      'risk_exposure_pattern low,high,high,low,low → low,medium,low,low,low, unique_options_viewed 4 → 3',
    ]);
  });

  it('leave the text alone where the task asks for none', () => {
    const silent: Observed = {
      reasoning_provided: false,
      word_count: 0,
      logical_keyword_count: 0,
      reasoning_depth_score: 0,
    };
    expect(waysTo('CONCISE_REASONING', silent)).toHaveLength(1);
    expect(sentencesOf('reasoning_style', silent, { ...task, requires_reasoning: false })).toEqual([]);
    expect(waysTo('ANALYTICAL_THINKING', silent, { ...task, requires_reasoning: false })).toEqual([]);
  });
});

describe('the sentence', () => {
  it('names each figure with its recorded value, and what is computed from it', () => {
    expect(sentencesOf('reasoning_style', hesitant)).toEqual([
      'With 50 words in the last submitted reasoning instead of 44 (a depth score of 60 instead of 52.8) and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded Structured Communicator.',
      'With 4 different logical keywords in the last submitted reasoning instead of 2 (a depth score of 61.6 instead of 52.8) and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded Structured Communicator.',
      'With 50 words in the last submitted reasoning instead of 44, 1 different logical keyword in the last submitted reasoning instead of 2 (a depth score of 55 instead of 52.8) and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded Detailed Communicator.',
      'With no word of reasoning submitted instead of one or more, 0 words in the last submitted reasoning instead of 44, 0 different logical keywords in the last submitted reasoning instead of 2 (a depth score of 0 instead of 52.8) and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded no reasoning style.',
    ]);
  });

  it('tells durations to the last digit, and that nothing would have been concluded', () => {
    const decisive: Observed = { first_decision_speed_ms: 9_400 };
    expect(sentencesOf('decision_style', decisive)).toContain(
      'With a first selection 10 seconds after the start instead of 9.4 seconds and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded no decision style.',
    );
    expect(sentencesOf('decision_style', { first_decision_speed_ms: 11_200 })).toContain(
      'With a first selection 9.999 seconds after the start instead of 11.2 seconds and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded Decisive Thinker.',
    );
  });

  it('says which risks would have come up', () => {
    const careful: Observed = {
      final_risk_tag: 'low',
      risk_exposure_pattern: ['high', 'low', 'low'],
      unique_options_viewed: 2,
    };
    expect(sentencesOf('risk_profile', careful)[0]).toBe(
      'With options of high risk coming up 0 times instead of once and every other figure as recorded, the rules of interpreter 1.1.0 would have concluded Risk-Averse.',
    );
  });

  it('speaks of rules and figures, whoever it is about', () => {
    fc.assert(
      fc.property(fc.oneof(anyone, lowRecords), ({ metrics, task: at }) => {
        for (const { sentence } of resultsVersion(metrics.version).findCounterfactuals(metrics, at)) {
          expect(sentence).toMatch(
            new RegExp(
              `^With .+ and every other figure as recorded, the rules of interpreter ${metrics.version} would have concluded .+\\.$`,
            ),
          );
          expect(sentence).not.toMatch(
            /undefined|NaN|\b(you|candidate|person|should|must|if|better|worse)\b/i,
          );
        }
      }),
      RUNS,
    );
  });
});

describe('whatever was recorded', () => {
  it('the recorded conclusion is never among them, and the same record gives the same', () => {
    fc.assert(
      fc.property(fc.oneof(anyone, lowRecords), ({ metrics, task: at }) => {
        const { findCounterfactuals, interpret } = resultsVersion(metrics.version);
        const all = findCounterfactuals(metrics, at);
        const profile = interpret(metrics, at);
        const codes = profile.inferred_skills.map(({ skill_code }) => skill_code);
        for (const { group, would_be, skill_code } of all) {
          if (skill_code === null) expect(would_be).not.toBe(profile.behavioral_summary[group]);
          else expect(codes).not.toContain(skill_code);
        }
        expect(findCounterfactuals(structuredClone(metrics), structuredClone(at))).toEqual(all);
      }),
      RUNS,
    );
  });

  it('there are few of them, and the rules are asked a bounded number of times', () => {
    fc.assert(
      fc.property(fc.oneof(anyone, lowRecords), ({ metrics, task: at }) => {
        fc.pre(metrics.version === '1.1.0');
        let asked = 0;
        const rules = {
          interpreter_version: '1.1.0',
          groups: RULES,
          evaluate: (supposed: ComputedMetrics) => {
            asked += 1;
            return evaluate(supposed, at);
          },
        };
        expect(findCounterfactuals(rules, metrics as ComputedMetrics, at).length).toBeLessThanOrEqual(40);
        expect(asked).toBeLessThanOrEqual(700);
      }),
      RUNS,
    );
  });
});

const groups = [...Object.entries(RULES_1_0), ...Object.entries(RULES)].map(
  ([field, { rules }], index) => [index < 3 ? '1.0.0' : '1.1.0', field, rules as readonly Rule[]] as const,
);

it.each(groups)(
  'figures that rules look at are decided by one block and shared by none: %s, %s',
  (_, __, rules) => {
    const metrics = new Set(rules.flatMap(({ conditions }) => conditions.map(({ metric }) => metric)));
    const deciding = [...metrics].map((metric) => BLOCKS.filter(({ decides }) => decides.includes(metric)));
    expect(deciding.map((blocks) => blocks.length)).toEqual(deciding.map(() => 1));
    const figures = [...new Set(deciding.flat())].flatMap((block) => block.figures);
    expect(new Set(figures).size).toBe(figures.length);
  },
);
