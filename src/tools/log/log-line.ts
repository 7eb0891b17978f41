import { z } from 'zod';
import { ATTEMPT_STATUSES } from '../../attempts/attempt.ts';
import { moment, objectIdString, optional } from '../../fields.ts';
import { taskMarks } from '../../tasks/marks.ts';
import { RISK_TAGS, TASK_CATEGORIES } from '../../tasks/task.ts';
import { inPlainWords } from '../scenario/fields.ts';

/** What of a task the machine, the formulas and the rules go by; of the rest anything may be missing. */
const task = z.object({
  task_id: objectIdString,
  requires_reasoning: z.boolean(),
  time_limit_seconds: z.number().nullable(),
  marks: taskMarks,
  options: z.array(
    z.object({
      option_id: objectIdString,
      option_code: z.string(),
      risk_tag: z.enum(RISK_TAGS, { error: 'is missing: let a recruiter or an administrator get the task' }),
      label: z.string().default(''),
      description: z.string().default(''),
      metadata: z
        .object({ trade_off_type: z.string(), domain: z.string() })
        .prefault({ trade_off_type: '', domain: '' }),
      display_order: z.int().default(0),
    }),
  ),
  task_code: z.string().default(''),
  version: z.int().default(1),
  title: z.string().default(''),
  description: z.string().default(''),
  scenario: z.string().default(''),
  category: z.enum(TASK_CATEGORIES).default('prioritization'),
  is_active: z.boolean().default(true),
});

const attempt = z.looseObject({
  attempt_id: objectIdString,
  task_id: objectIdString,
  user_id: objectIdString.nullable(),
  status: z.enum(ATTEMPT_STATUSES),
  redeemed_at: optional(moment),
  expires_at: moment,
  machine_id: optional(z.string()),
});

/** Only what says where and when an event was recorded; the product itself judges the rest of it. */
const event = z.looseObject({
  event_id: objectIdString,
  attempt_id: objectIdString,
  sequence_number: z.int().min(1),
  timestamp_server: moment,
  batched: z.literal(true).optional(),
  client_clock_corrected: z.literal(true).optional(),
});

const metrics = z.looseObject({ attempt_id: objectIdString, version: z.string() });
const skills = z.looseObject({
  attempt_id: objectIdString,
  task_id: objectIdString,
  interpreter_version: z.string(),
});

const logLine = z.object({
  task: task.optional(),
  attempt: attempt.optional(),
  events: z.array(event).default([]),
  metrics: metrics.optional(),
  skills: skills.optional(),
});

/** What one line of a log holds: an answer of the server, or several of one attempt, each under its name. */
export type LogLine = z.output<typeof logLine>;
export type LoggedEvent = LogLine['events'][number];

const PARTS = Object.keys(logLine.shape);
const ADVICE =
  'put one answer of GET /tasks/{id}, /attempts/{id}, /attempts/{id}/events, /metrics or /skills on a line';

/** Reads a line. @returns it, or what is wrong with it and what to do */
export function parseLine(text: string): { line: LogLine } | { problems: string[] } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { problems: [`is not JSON (${(error as Error).message}); ${ADVICE}, without line breaks in it`] };
  }
  const parts = partsOf(value);
  if (!parts) return { problems: [`holds none of ${PARTS.join(', ')}; ${ADVICE}`] };
  const { data, error } = logLine.safeParse(parts, { error: inPlainWords });
  if (data) return { line: data };
  return { problems: error.issues.map(({ path, message }) => `${fieldName(path)}: ${message}`) };
}

/** Answers are told apart by the keys that only they have. */
function partsOf(value: unknown): object | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if ('event_type' in value) return { events: [value] };
  if ('time_metrics' in value) return { metrics: value };
  if ('inferred_skills' in value) return { skills: value };
  if ('expires_at' in value) return { attempt: value };
  if ('task_code' in value) return { task: value };
  return PARTS.some((part) => part in value) ? value : undefined;
}

const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
