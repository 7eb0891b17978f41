import { z } from 'zod';
import { objectIdString } from '../fields.ts';
import { RISK_TAGS } from '../tasks/task.ts';
import { BORDERLINE_REASONS } from './interpretation/borderline.ts';
import { LIMITS, type LimitCode } from './interpretation/limits.ts';
import { RULES, type SummaryField } from './interpretation/rules.ts';
import { QUALITY_FLAGS } from './metrics/computed-metrics.ts';
import { RULES as RULES_1_0 } from './v1.0.0/interpretation/rules.ts';
import { QUALITY_FLAGS as QUALITY_FLAGS_1_0 } from './v1.0.0/metrics/computed-metrics.ts';

/*
 * How results are answered, of whatever version. The computations know no package, so their types stand beside them;
 * the compiler compares both where a route answers them.
 */

const ms = z.number().describe('Milliseconds.');
const count = z.int().min(0);
const riskTag = z.enum(RISK_TAGS);

const timeMetrics = z.object({
  total_time_ms: ms,
  active_interaction_time_ms: ms,
  hesitation_time_ms: ms,
  first_decision_speed_ms: ms,
});

const metricGroups = {
  decision_metrics: z.object({
    decision_change_count: count,
    options_viewed_count: count,
    unique_options_viewed: count,
    final_option_view_duration_ms: ms,
  }),
  reasoning_metrics: z.object({
    reasoning_provided: z.boolean(),
    word_count: count,
    logical_keyword_count: count,
    reasoning_depth_score: z.number(),
  }),
  risk_metrics: z.object({ final_risk_tag: riskTag, risk_exposure_pattern: z.array(riskTag) }),
  raw_event_count: count,
};

const saved = { attempt_id: objectIdString, computed_at: z.date() };

/** The metrics of one attempt. */
export const savedMetrics = z
  .discriminatedUnion('version', [
    z.object({
      ...saved,
      version: z.literal('1.1.0'),
      time_metrics: timeMetrics.extend({
        first_decision_client_ms: ms,
        first_action_ms: ms,
        longest_pause_ms: ms,
      }),
      ...metricGroups,
      quality_flags: z.array(z.enum(QUALITY_FLAGS)),
    }),
    z.object({
      ...saved,
      version: z.literal('1.0.0'),
      time_metrics: timeMetrics,
      ...metricGroups,
      quality_flags: z.array(z.enum(QUALITY_FLAGS_1_0)),
    }),
  ])
  .meta({ id: 'Metrics' });

type Rules = typeof RULES | typeof RULES_1_0;

/** What the rules of one version may conclude. */
function conclusionsOf<R extends Rules>(rules: R) {
  type RuleOf<Field extends SummaryField> = R[Field]['rules'][number];
  type StyleOf<Field extends SummaryField> = RuleOf<Field>['style'] | NonNullable<R[Field]['otherwise']>;
  const style = <Field extends SummaryField>(field: Field) => {
    const { rules: all, otherwise }: { rules: readonly { style: string }[]; otherwise: string | null } =
      rules[field];
    const styles = [...all.map((rule) => rule.style), otherwise].filter((each) => each !== null);
    return z.enum([...new Set(styles)] as [StyleOf<Field>, ...StyleOf<Field>[]]);
  };
  const groups: { rules: readonly { skill_code: string }[] }[] = Object.values(rules);
  const codes = groups.flatMap((group) => group.rules.map((rule) => rule.skill_code));
  type Code = RuleOf<SummaryField>['skill_code'];
  return {
    skillCode: z.enum(codes as [Code, ...Code[]]),
    summary: z.object({
      decision_style: style('decision_style'),
      risk_profile: style('risk_profile'),
      reasoning_style: style('reasoning_style'),
    }),
  };
}

const now = conclusionsOf(RULES);
const before = conclusionsOf(RULES_1_0);
const limitCodes = Object.values(LIMITS).flatMap((limits) => limits.map(({ code }) => code));

const skill = {
  skill_label: z.string(),
  confidence: z.enum(['strong', 'moderate']),
  evidence: z.array(z.string()).describe('Sentences, each naming the figure on which it rests.'),
};

const condition = {
  metric: z.string().meta({ examples: ['time_metrics.first_decision_speed_ms'] }),
  comparison: z.string(),
  threshold: z.union([z.number(), z.boolean(), z.string()]),
  actual: z.union([z.number(), z.boolean(), z.string(), z.array(z.string()).readonly()]),
  held: z.boolean(),
};
const explainedRule = { rule: z.string(), held: z.boolean(), applied: z.boolean() };

const explanation = z
  .array(
    z.union([
      z.object({
        ...explainedRule,
        concludes: now.skillCode,
        conditions: z.array(
          z.object({
            ...condition,
            threshold_of: z.enum(['task', 'general']),
            assessable: z.boolean(),
            reason: z.literal('clocks_disagree').optional(),
          }),
        ),
      }),
      z.object({ ...explainedRule, concludes: before.skillCode, conditions: z.array(z.object(condition)) }),
    ]),
  )
  .optional()
  .describe('Every rule that was looked at, by the version that made the profile; with `explain=true`.');

const figure = z.union([z.number(), z.boolean(), z.string(), z.array(z.string()).readonly()]);
const change = z.object({ metric: z.string(), from: figure, to: figure });
const counterfactuals = z
  .array(
    z.object({
      group: z.enum(['decision_style', 'risk_profile', 'reasoning_style']),
      would_be: z.string(),
      skill_code: now.skillCode.nullable(),
      changes: z.array(change),
      follows: z.array(change).describe('What is computed from the changed figures.'),
      sentence: z.string(),
    }),
  )
  .optional()
  .describe('What else the rules would have concluded after a smallest change; with `explain=true`.');

const conclusions = {
  ...saved,
  user_id: objectIdString,
  task_id: objectIdString,
  recruiter_notes: z.string(),
};

/** The skills of one attempt. */
export const savedProfile = z
  .discriminatedUnion('interpreter_version', [
    z.object({
      ...conclusions,
      interpreter_version: z.literal('1.1.0'),
      inferred_skills: z.array(
        z.object({
          skill_code: now.skillCode,
          ...skill,
          reliability: z.enum(['full', 'limited']),
          limited_by: z.array(z.enum([...new Set(limitCodes)] as [LimitCode, ...LimitCode[]])),
        }),
      ),
      behavioral_summary: now.summary,
      borderline: z
        .array(
          z.object({
            metric: z.string(),
            threshold: z.number(),
            distance: z.number(),
            reason: z.enum(BORDERLINE_REASONS),
          }),
        )
        .describe('The marks that a figure came close to.'),
      explanation,
      counterfactuals,
    }),
    z.object({
      ...conclusions,
      interpreter_version: z.literal('1.0.0'),
      inferred_skills: z.array(z.object({ skill_code: before.skillCode, ...skill })),
      behavioral_summary: before.summary,
      explanation,
      counterfactuals,
    }),
  ])
  .meta({ id: 'SkillProfile' });

/** The answer while results are being computed. */
export const pendingResults = z
  .object({ status: z.literal('computing'), detail: z.string() })
  .meta({ id: 'PendingResults' });

const summaryCount = z.object({
  counts: z.record(z.string(), count),
  most_frequent: z
    .string()
    .describe('The value found most often; of several, the one of the latest attempt that has one of them.'),
});

/** What a user's completed attempts show together. Nothing is weighed or averaged. */
export const userProfile = z
  .object({
    user_id: objectIdString,
    attempt_count: count,
    skills: z.array(
      z.object({
        skill_code: z.enum([...new Set([...now.skillCode.options, ...before.skillCode.options])]),
        skill_label: z.string(),
        count,
        attempt_ids: z.array(objectIdString),
      }),
    ),
    behavioral_summary: z.object({
      decision_style: summaryCount.optional(),
      risk_profile: summaryCount.optional(),
      reasoning_style: summaryCount.optional(),
    }),
  })
  .meta({ id: 'UserProfile' });
export type UserProfile = z.output<typeof userProfile>;
