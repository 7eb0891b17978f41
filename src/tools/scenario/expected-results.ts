import { z } from 'zod';
import { BORDERLINE_REASONS } from '../../results/interpretation/borderline.ts';
import { NUMERIC_METRICS } from '../../results/interpretation/figures.ts';
import { LIMITS } from '../../results/interpretation/limits.ts';
import type { MetricName, MetricNameOf } from '../../results/interpretation/metric-names.ts';
import { RULES, type SummaryField } from '../../results/interpretation/rules.ts';
import { type ComputedMetrics, QUALITY_FLAGS } from '../../results/metrics/computed-metrics.ts';
import { RISK_TAGS } from '../../tasks/task.ts';
import { fields, inPlainWords } from './fields.ts';

type OtherMetric = Exclude<MetricName | keyof ComputedMetrics, MetricNameOf<number> | `${string}_metrics`>;

/** Everything in the metrics that can be expected, by its dotted name. */
const METRICS: Record<string, z.ZodType> = {
  ...Object.fromEntries(NUMERIC_METRICS.map((name) => [name, z.number()])),
  ...({
    'reasoning_metrics.reasoning_provided': z.boolean(),
    'risk_metrics.final_risk_tag': z.enum(RISK_TAGS),
    'risk_metrics.risk_exposure_pattern': z.array(z.enum(RISK_TAGS)),
    raw_event_count: z.number(),
    quality_flags: z.array(z.enum(QUALITY_FLAGS)),
    version: z.string(),
  } satisfies Record<OtherMetric, z.ZodType>),
};

const namesIn = (group: string) => Object.keys(METRICS).filter((name) => name.startsWith(`${group}.`));

const metrics = z.record(z.string(), z.unknown()).transform((written, context) => {
  const expected = Object.entries(written).flatMap(([key, value]) => {
    const isGroup = namesIn(key).length > 0 && typeof value === 'object' && value !== null;
    if (!isGroup) return [{ name: key, path: [key], value }];
    return Object.entries(value).map(([field, inner]: [string, unknown]) => {
      return { name: `${key}.${field}`, path: [key, field], value: inner };
    });
  });
  for (const { name, path, value } of expected) {
    const complain = (message: string, inside: PropertyKey[] = []) =>
      context.addIssue({ code: 'custom', path: [...path, ...inside], message });
    const parsed = METRICS[name]?.safeParse(value, { error: inPlainWords });
    if (!parsed) complain(unknownMetric(name));
    for (const issue of parsed?.error?.issues ?? []) complain(issue.message, issue.path);
  }
  return expected;
});

function unknownMetric(name: string): string {
  const near = namesIn(name.replace(/\..*/, ''));
  return `is not a metric; the metrics are ${(near.length > 0 ? near : Object.keys(METRICS)).join(', ')}`;
}

/** The codes come from the rules themselves, so that a new rule's skill can be expected at once. */
export const SKILL_CODES = Object.values(RULES).flatMap(({ rules }) => rules.map((rule) => rule.skill_code));

const SAID = '(?:strong|moderate|full|limited|(?:strong|moderate) but (?:full|limited))';
const SKILL = new RegExp(`^(?:${SKILL_CODES.join('|')})(?: *\\(${SAID}\\))?$`);
const ANY_SKILL = `must be a skill, with or without (strong) or (moderate), also (limited) or (strong but limited); the skills are ${SKILL_CODES.join(', ')}`;

const spaced = (skill: string) => skill.replace(/ *\(/, ' (');

const nearThreshold = fields({
  metric: z.string(),
  threshold: z.number(),
  distance: z.number().optional(),
  reason: z.enum(BORDERLINE_REASONS).optional(),
});

const limitCodes = Object.values(LIMITS).flatMap((limits) => limits.map(({ code }) => code));

const styleOf = (field: SummaryField) => {
  const { rules, otherwise } = RULES[field];
  const styles = [...rules.map(({ style }) => style), ...(otherwise ? [otherwise] : [])];
  return z.enum([...new Set(styles)]).optional();
};

/** What a scenario may expect of an attempt's results. */
export const expectedResults = {
  /** Some of the metrics, by their dotted names or nested in their groups. */
  metrics: metrics.optional(),
  /** All the skills that are inferred, each by its code and, where that matters, its confidence and reliability. */
  skills: z.array(z.string().trim().regex(SKILL, ANY_SKILL).overwrite(spaced)).optional(),
  /** Everything that limits one of the inferred skills, in any order. */
  limits: z.array(z.enum(limitCodes)).optional(),
  /** The thresholds that a figure comes close to, all of them, in order. */
  borderline: z.array(nearThreshold).optional(),
  /** Some of the fields of the behavioral summary. */
  summary: fields({
    decision_style: styleOf('decision_style'),
    risk_profile: styleOf('risk_profile'),
    reasoning_style: styleOf('reasoning_style'),
  } satisfies Record<SummaryField, z.ZodType>).optional(),
  /** Words that the recruiter's notes must contain. */
  notes: z.array(z.string()).optional(),
};
