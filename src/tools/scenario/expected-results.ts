import { z } from 'zod';
import { BORDERLINE_REASONS } from '../../results/interpretation/borderline.ts';
import type { SkillCode } from '../../results/interpretation/interpret.ts';
import { LIMITS } from '../../results/interpretation/limits.ts';
import type { MetricName } from '../../results/interpretation/metric-names.ts';
import { RULES, type SummaryField } from '../../results/interpretation/rules.ts';
import { QUALITY_FLAGS } from '../../results/metrics/computed-metrics.ts';
import { RISK_TAGS } from '../../tasks/task.ts';
import { fields } from './fields.ts';
import { messageOf } from './messages.ts';

/** Everything in the metrics that can be expected, by its dotted name. */
const METRICS = {
  'time_metrics.total_time_ms': z.number(),
  'time_metrics.active_interaction_time_ms': z.number(),
  'time_metrics.hesitation_time_ms': z.number(),
  'time_metrics.first_decision_speed_ms': z.number(),
  'time_metrics.first_decision_client_ms': z.number(),
  'time_metrics.first_action_ms': z.number(),
  'time_metrics.longest_pause_ms': z.number(),
  'decision_metrics.decision_change_count': z.number(),
  'decision_metrics.options_viewed_count': z.number(),
  'decision_metrics.unique_options_viewed': z.number(),
  'decision_metrics.final_option_view_duration_ms': z.number(),
  'reasoning_metrics.reasoning_provided': z.boolean(),
  'reasoning_metrics.word_count': z.number(),
  'reasoning_metrics.logical_keyword_count': z.number(),
  'reasoning_metrics.reasoning_depth_score': z.number(),
  'risk_metrics.final_risk_tag': z.enum(RISK_TAGS),
  'risk_metrics.risk_exposure_pattern': z.array(z.enum(RISK_TAGS)),
  raw_event_count: z.number(),
  quality_flags: z.array(z.enum(QUALITY_FLAGS)),
  version: z.string(),
} satisfies Record<MetricName | 'raw_event_count' | 'quality_flags' | 'version', z.ZodType>;

const GROUPS: ReadonlySet<string> = new Set(
  Object.keys(METRICS).flatMap((name) => (name.includes('.') ? name.split('.').slice(0, 1) : [])),
);

const schemas: ReadonlyMap<string, z.ZodType> = new Map(Object.entries(METRICS));

/** Some of the metrics, by their dotted names or nested in their groups; as dotted names afterwards. */
export const expectedMetrics = z.record(z.string(), z.unknown()).transform((written, context) => {
  const expected = new Map<string, unknown>();
  for (const { path, name, value } of metricsIn(written)) {
    const parsed = schemas.get(name)?.safeParse(value, { reportInput: true });
    if (!parsed) context.addIssue({ code: 'custom', path, message: unknownMetric(name) });
    else if (parsed.success) expected.set(name, parsed.data);
    else {
      for (const issue of parsed.error.issues) {
        context.addIssue({ code: 'custom', path: [...path, ...issue.path], message: messageOf(issue) });
      }
    }
  }
  return expected;
});

const CONFIDENCES = ['strong', 'moderate'] as const;
const RELIABILITIES = ['full', 'limited'] as const;

/** The codes come from the rules themselves, so that a new rule's skill can be expected at once. */
export const SKILL_CODES: readonly SkillCode[] = Object.values(RULES).flatMap((group) =>
  group.rules.map((rule) => rule.skill_code),
);

const SKILL = new RegExp(`^(${SKILL_CODES.join('|')})(?: *\\(([a-z ]+)\\))?$`);

/**
 * All the skills that are inferred, each by its code and, where that matters, its confidence and reliability:
 * `(strong)`, `(limited)`, `(strong but limited)`.
 */
export const expectedSkills = z.array(
  z.string().transform((written, context) => {
    const [, skill_code, said] = SKILL.exec(written.trim()) ?? [];
    const words = said?.split(' but ') ?? [];
    const confidence = CONFIDENCES.find((word) => words.includes(word));
    const reliability = RELIABILITIES.find((word) => words.includes(word));
    const isUnderstood = words.every((word) => word === confidence || word === reliability);
    if (skill_code !== undefined && isUnderstood) return { skill_code, confidence, reliability };
    const message = `must be a skill, with or without (strong) or (moderate), also (limited) or (strong but limited); the skills are ${SKILL_CODES.join(', ')}`;
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  }),
);

/** Everything that limits one of the inferred skills, in any order. */
export const expectedLimits = z.array(
  z.enum(
    Object.values(LIMITS)
      .flat()
      .map(({ code }) => code),
  ),
);

/** The thresholds that a figure comes close to, all of them, in order. */
export const expectedBorderline = z.array(
  fields({
    metric: z.string(),
    threshold: z.number(),
    distance: z.number().optional(),
    reason: z.enum(BORDERLINE_REASONS).optional(),
  }),
);

const stylesOf = (field: SummaryField) => {
  const { rules, otherwise } = RULES[field];
  return z
    .enum([...new Set([...rules.map((rule) => rule.style), ...(otherwise ? [otherwise] : [])])])
    .optional();
};

/** Some of the fields of the behavioral summary. */
export const expectedSummary = fields({
  decision_style: stylesOf('decision_style'),
  risk_profile: stylesOf('risk_profile'),
  reasoning_style: stylesOf('reasoning_style'),
} satisfies Record<SummaryField, z.ZodType>);

function metricsIn(written: Record<string, unknown>) {
  return Object.entries(written).flatMap(([key, value]) => {
    if (!GROUPS.has(key) || typeof value !== 'object' || value === null)
      return [{ path: [key], name: key, value }];
    return Object.entries(value).map(([field, inner]: [string, unknown]) => {
      return { path: [key, field], name: `${key}.${field}`, value: inner };
    });
  });
}

function unknownMetric(name: string): string {
  const [group = ''] = name.split('.');
  const near = [...schemas.keys()].filter((known) => known.startsWith(`${group}.`));
  return `is not a metric; the metrics are ${(near.length > 0 ? near : [...schemas.keys()]).join(', ')}`;
}
