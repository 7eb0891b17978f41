/**
 * The vocabulary: every act of a candidate that the server observes. Nothing outside this list may reach
 * an attempt's machine (XState's own `xstate.*` events would otherwise pass `can()`).
 */
export const EVENT_TYPES = [
  'task_started',
  'option_viewed',
  'option_selected',
  'option_changed',
  'reasoning_started',
  'reasoning_updated',
  'reasoning_submitted',
  'task_abandoned',
  'task_completed',
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** An option as an event names it: its id (24 hex digits) and the code that must match it. */
export interface OptionReference {
  option_id: string;
  option_code: string;
}

/** What each event carries. Front ends may add keys of their own; they are kept as observed. */
export interface EventPayloads {
  task_started: object;
  /** `duration_ms`: how long the option was looked at, in milliseconds, as the front end measured it. */
  option_viewed: OptionReference & { duration_ms: number };
  option_selected: OptionReference;
  option_changed: { from_option_id: string; to_option_id: string; from_code: string; to_code: string };
  reasoning_started: object;
  /** `text_length` in characters. */
  reasoning_updated: { text_length: number; word_count: number };
  /** `text` up to 5000 characters; `word_count` is the front end's and only informative. */
  reasoning_submitted: { text: string; word_count: number };
  task_abandoned: object;
  task_completed: { final_option_id: string; final_option_code: string };
}

/** An event as the machine sees it: what happened, without when or by whom. */
export type BehaviorEvent = {
  [T in EventType]: { event_type: T; payload: EventPayloads[T] };
}[EventType];

export type BehaviorEventOf<T extends EventType> = Extract<BehaviorEvent, { event_type: T }>;
