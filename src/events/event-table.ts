import { z } from 'zod';
import { documentAs, objectIdString } from '../fields.ts';
import { REASONING_LIMIT } from './reasoning-limit.ts';

/** A code point takes at most two places of a string; only longer texts have to be counted. */
const reasoning = documentAs(
  z
    .string()
    .max(2 * REASONING_LIMIT, `may have at most ${REASONING_LIMIT} characters`)
    .refine((text) => text.length <= REASONING_LIMIT || [...text].length <= REASONING_LIMIT, {
      error: `may have at most ${REASONING_LIMIT} characters`,
      abort: true,
    }),
  { type: 'string', maxLength: REASONING_LIMIT, examples: ['Because it is safe.'] },
);

const optionCode = z
  .string()
  .min(1)
  .max(100)
  .meta({ examples: ['A'] });
const count = z.int().nonnegative();
const option = { option_id: objectIdString, option_code: optionCode };

/** The two payload fields that name one option: its id, and the code that must match it. */
interface OptionFields {
  id: string;
  code: string;
}

interface EventDefinition {
  /** The required payload fields. Front ends may add their own keys, which are kept as observed. */
  payload: z.ZodRawShape;
  /** The options that the payload names. They must belong to the task, and differ if there are two. */
  options: readonly OptionFields[];
  /** The payload fields in which a candidate writes freely; they are stored sealed. */
  freeText?: readonly string[];
  /** A payload that fits, for documents, drawings and tests. */
  example: object;
}

const A = { option_id: 'a1'.repeat(12), option_code: 'A' };
const B = { option_id: 'b2'.repeat(12), option_code: 'B' };
const ONE_OPTION = [{ id: 'option_id', code: 'option_code' }] as const;

/**
 * The vocabulary: one entry for every act of a candidate that the server observes. Lists, types, validation and
 * the database's validator are derived from it. No other event may reach an attempt's machine, because XState's
 * own `xstate.*` events would pass `can()`.
 */
export const EVENT_TABLE = {
  task_started: { payload: {}, options: [], example: {} },
  option_viewed: {
    /**
     * `duration_ms`: how long the option was viewed, in milliseconds, as measured by the front end. Any finite number,
     * because a computer may sleep in between or its clock be set.
     */
    payload: { ...option, duration_ms: z.number().nonnegative() },
    options: ONE_OPTION,
    example: { ...A, duration_ms: 1200.5 },
  },
  option_selected: { payload: option, options: ONE_OPTION, example: A },
  option_changed: {
    payload: {
      from_option_id: objectIdString,
      to_option_id: objectIdString,
      from_code: optionCode,
      to_code: optionCode,
    },
    options: [
      { id: 'from_option_id', code: 'from_code' },
      { id: 'to_option_id', code: 'to_code' },
    ],
    example: {
      from_option_id: A.option_id,
      to_option_id: B.option_id,
      from_code: A.option_code,
      to_code: B.option_code,
    },
  },
  reasoning_started: { payload: {}, options: [], example: {} },
  /** `text_length` in characters. */
  reasoning_updated: {
    payload: { text_length: count, word_count: count },
    options: [],
    example: { text_length: 40, word_count: 7 },
  },
  /** `word_count` is what the front end counted; it is only informative. */
  reasoning_submitted: {
    payload: { text: reasoning, word_count: count },
    options: [],
    freeText: ['text'],
    example: { text: 'Because it is safe.', word_count: 4 },
  },
  task_abandoned: { payload: {}, options: [], example: {} },
  task_completed: {
    payload: { final_option_id: objectIdString, final_option_code: optionCode },
    options: [{ id: 'final_option_id', code: 'final_option_code' }],
    example: { final_option_id: A.option_id, final_option_code: A.option_code },
  },
} as const satisfies Record<string, EventDefinition>;

export type EventType = keyof typeof EVENT_TABLE;

/** In the order of the table. */
export const EVENT_TYPES = Object.keys(EVENT_TABLE) as [EventType, ...EventType[]];

/** An option as an event names it: its id (24 hex digits) and the code that must match it. */
export interface OptionReference {
  option_id: string;
  option_code: string;
}

type PayloadOf<Shape extends z.ZodRawShape> = [keyof Shape] extends [never]
  ? object
  : { -readonly [Field in keyof Shape]: z.output<Shape[Field]> };

/** The payload of each event type. */
export type EventPayloads = { [T in EventType]: PayloadOf<(typeof EVENT_TABLE)[T]['payload']> };

/** An event as the machine sees it: what happened, but not when or by whom. */
export type BehaviorEvent = {
  [T in EventType]: { event_type: T; payload: EventPayloads[T] };
}[EventType];

/** The payload fields of each type that stay readable: those of the vocabulary in which nobody writes freely. */
const OPEN_FIELDS = new Map(
  Object.entries<EventDefinition>(EVENT_TABLE).map(([type, { payload, freeText = [] }]) => [
    type,
    Object.keys(payload).filter((field) => !freeText.includes(field)),
  ]),
);

/** Whether a candidate may write freely in an event of this type. */
export const hasFreeText = (event_type: EventType): boolean => 'freeText' in EVENT_TABLE[event_type];

export const openFields = (event_type: EventType): readonly string[] => OPEN_FIELDS.get(event_type) ?? [];

/** The options that an event names, each with the payload fields that name it. */
export function optionsNamed({ event_type, payload }: BehaviorEvent): (OptionReference & OptionFields)[] {
  const values = payload as Record<string, string>;
  const fields: readonly OptionFields[] = EVENT_TABLE[event_type].options;
  return fields.map(({ id, code }) => ({
    id,
    code,
    option_id: String(values[id]),
    option_code: String(values[code]),
  }));
}
