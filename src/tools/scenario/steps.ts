import { z } from 'zod';
import { EVENT_TYPES, type EventType } from '../../events/event-table.ts';
import { stepExpectation } from './expectations.ts';
import { fields, milliseconds, signedMilliseconds } from './fields.ts';
import { reasoningProblem } from './reasoning-text.ts';

/** What every step may say, whatever its event. Times are milliseconds. */
const common = {
  /** Since the first step, on the server's clock. */
  at: milliseconds.optional(),
  /** Since the step before; instead of `at`. */
  after: milliseconds.optional(),
  /** What the candidate's clock shows, since the first step; as the server's where it is absent. */
  client_at: signedMilliseconds.optional(),
  /** Held back by the front end: neighbouring batched steps are sent together, when the last of them is due. */
  batched: z.boolean().default(false),
  /** As `batched`, but together with neighbouring steps of the same name only. */
  batch: z.string().trim().min(1).max(50).optional(),
  client_event_id: z.string().optional(),
  metadata: z.record(z.string(), z.unknown()).default({}),
  /** Put over the payload that the step's own fields make, to send what no proper front end would. */
  payload: z.record(z.string(), z.unknown()).default({}),
  /** For the reader of the timeline. */
  note: z.string().optional(),
  expect: stepExpectation.default({ outcome: 'accepted' }),
};

/** An option's code. It is text even where YAML would read something else; `parseScenarios` sees to that. */
const option = z.string();

/** Whether a step is sent in a batch, with a name or without one. */
export const isBatched = (written: { batched: boolean; batch?: string | undefined }): boolean =>
  written.batched || written.batch !== undefined;

const kind = <T extends EventType, Shape extends z.ZodRawShape>(event: T, shape: Shape) =>
  fields({ event: z.literal(event), ...shape, ...common });

/** A text: the text itself, or so many words, so many different logical keywords among them. */
const reasoning = <T extends EventType>(event: T) =>
  kind(event, {
    text: z.string().optional(),
    words: z.int().nonnegative().optional(),
    keywords: z.int().nonnegative().optional(),
  }).superRefine((written, context) => {
    const problem = reasoningProblem(written);
    if (problem) context.addIssue({ code: 'custom', ...problem });
  });

/** One act of the person, with what the server is expected to say to it. */
export const step = z.discriminatedUnion(
  'event',
  [
    kind('task_started', {}),
    kind('option_viewed', { option, duration_ms: z.number() }),
    kind('option_selected', { option }),
    kind('option_changed', { from: option, to: option }),
    kind('reasoning_started', {}),
    reasoning('reasoning_updated'),
    reasoning('reasoning_submitted'),
    kind('task_abandoned', {}),
    /** Without an option it completes with whatever is selected. */
    kind('task_completed', { option: option.optional() }).refine(
      (written) => !isBatched(written) || written.option !== undefined,
      { path: ['option'], error: 'is required in a batch' },
    ),
  ],
  { error: `must be one of ${EVENT_TYPES.join(', ')}` },
);

export type WrittenStep = z.output<typeof step>;

/** A stretch of time in which a persona does something that no event tells. */
export interface Pause {
  /** In the third person: `reads the scenario`. */
  doing: string;
  for_ms: number;
  away?: boolean;
}

/** A step whose time is settled, whichever way it was written, and whose `batched` is true in a named batch too. */
export type Step = WrittenStep & {
  at: number;
  /** How a persona spends the time since the step before; absent in scenario files. */
  meanwhile?: readonly Pause[];
};

/** Each step by itself, but neighbouring ones of the same batch in one group. */
export function sentTogether(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = [];
  for (const step of steps) {
    const group = groups.at(-1);
    const before = group?.at(-1);
    if (step.batched && before?.batched && step.batch === before.batch) group?.push(step);
    else groups.push([step]);
  }
  return groups;
}

/** The fields of steps that name options, in the order in which events name them. */
const OPTION_FIELDS = ['option', 'from', 'to'] as const;

/** The fields whose values are names, and therefore text even where YAML would read a number or something else. */
export const NAME_FIELDS: readonly unknown[] = [...OPTION_FIELDS, 'batch'];

/** The options that a step names, by the field that names them. */
export function optionsNamed(written: WrittenStep): [field: string, code: string][] {
  const codes: { event: string; option?: string | undefined; from?: string; to?: string } = written;
  return OPTION_FIELDS.flatMap((field) => (codes[field] === undefined ? [] : [[field, codes[field]]]));
}
