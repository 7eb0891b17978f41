import type { StateValue } from 'xstate';
import type { AttemptStatus } from '../../attempts/attempt.ts';
import type { FieldError } from '../../errors.ts';
import type { EventType } from '../../events/event-table.ts';
import type { ExplainedRule, Interpretation } from '../../results/interpretation/interpret.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';

/** An event as a front end posts it, without the attempt that it is for. */
export interface PostedEvent {
  event_type: EventType;
  timestamp_client: string;
  payload: Record<string, unknown>;
  metadata: Record<string, unknown>;
  client_event_id?: string;
}

/** What the server says to one event. */
export type Answer =
  | { acknowledged: true; sequence_number: number }
  | {
      acknowledged: false;
      status: number;
      code: string;
      detail: string;
      allowed_events?: readonly string[];
      errors?: readonly FieldError[];
    };

/** The attempt after a step, as the server shows it. */
export interface View {
  state: StateValue;
  status: AttemptStatus;
  allowed_events: readonly string[];
  sequence_number: number;
}

/** A profile with every rule that was looked at on the way to it. */
export type ExplainedProfile = Interpretation & { explanation: readonly ExplainedRule[] };

export interface Results {
  metrics: ComputedMetrics;
  profile: ExplainedProfile;
}

/** Where a scenario is played: one attempt, whose time begins when it is first asked to reach a time. */
export interface Stage {
  /** The ids of the task's options by their codes. */
  readonly optionIds: ReadonlyMap<string, string>;
  /** Resolves at `ms` after the beginning. */
  reach(ms: number): Promise<void>;
  /** The moment that a right clock shows at `ms` after the beginning. */
  timeOf(ms: number): Date;
  submit(event: PostedEvent): Promise<Answer>;
  /** One answer per event, in order. */
  submitBatch(events: readonly PostedEvent[]): Promise<Answer[]>;
  /** Completes with whatever is selected. */
  complete(details: Pick<PostedEvent, 'timestamp_client' | 'metadata' | 'client_event_id'>): Promise<Answer>;
  /** The attempt as it stands; of a completed one only once its results are there. */
  view(): Promise<View>;
  /** Only of an attempt that `view` shows as completed. */
  results(): Promise<Results>;
  leave(): void;
}
