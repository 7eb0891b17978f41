/*
 * The words of the server's interface, written out so that this module needs nothing else. A test compares them with
 * the schemas by which the server judges events.
 */

/** An option as an event names it. */
export interface OptionReference {
  option_id: string;
  option_code: string;
}

/** What each type of event says. Times and durations are in milliseconds. */
export interface EventPayloads {
  task_started: object;
  option_viewed: OptionReference & { duration_ms: number };
  option_selected: OptionReference;
  option_changed: { from_option_id: string; to_option_id: string; from_code: string; to_code: string };
  reasoning_started: object;
  reasoning_updated: { text_length: number; word_count: number };
  reasoning_submitted: { text: string; word_count: number };
  task_abandoned: object;
  task_completed: { final_option_id: string; final_option_code: string };
}

export type EventType = keyof EventPayloads;

/** One event as it is posted. Keys of your own in `payload` and `metadata` are kept as observed. */
export type PostedEvent = {
  [T in EventType]: {
    attempt_id: string;
    event_type: T;
    /** ISO 8601 with an offset. */
    timestamp_client: string;
    payload: EventPayloads[T];
    metadata?: { client_session_id?: string; user_agent?: string; [key: string]: unknown };
    /** Names the event, so that it may be sent again. */
    client_event_id: string;
  };
}[EventType];

/** The server's answer once an event is stored for good. */
export interface Acknowledgement {
  event_id: string;
  sequence_number: number;
  timestamp_server: string;
  /** The receipt: what the chain of the attempt's events has come to. Absent for attempts of early releases. */
  digest?: string | undefined;
  acknowledged: true;
}

/** The task as a candidate sees it. */
export interface Task {
  task_id: string;
  task_code: string;
  version: number;
  title: string;
  description: string;
  scenario: string;
  category: string;
  /** A soft limit; null if there is none. */
  time_limit_seconds: number | null;
  requires_reasoning: boolean;
  options: (OptionReference & { label: string; description: string; display_order: number })[];
}

/** Where the attempt stands by the last thing the server said. */
export interface Standing {
  /** The machine's state: a name, or an object of nested names. */
  state: string | object;
  allowed_events: EventType[];
  /** Number of the last stored event; 0 before the first. */
  sequence_number: number;
  status: 'pending' | 'in_progress' | 'completed' | 'expired';
}

/** A message of the live channel. */
export type LiveMessage =
  | { type: 'attempt_state'; data: Standing }
  | {
      type: 'event_ack';
      data: { event_id: string; event_type: EventType; sequence_number: number; timestamp_server: string };
    }
  | { type: 'attempt_status'; data: { status: Standing['status']; completed_at: string | null } }
  | { type: 'metrics_ready'; data: { attempt_id: string; metrics_url: string; skills_url: string } }
  | { type: 'pong'; data: object }
  | { type: 'error'; data: { code: string; detail: string } };
