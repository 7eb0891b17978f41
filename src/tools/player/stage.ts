import type { AttemptView } from '../../attempts/feed.ts';
import type { RefusalDetails } from '../../errors.ts';
import type { EventType } from '../../events/event-table.ts';
import type { ExplainedRule, Interpretation } from '../../results/interpretation/interpret.ts';
import type { ComputedMetrics } from '../../results/metrics/computed-metrics.ts';

/** What every request of a front end carries besides the event itself. */
export interface PostedDetails {
  timestamp_client: string;
  metadata: Record<string, unknown>;
  client_event_id?: string;
}

/** An event as a front end posts it, without the attempt that it is for. */
export interface PostedEvent extends PostedDetails {
  event_type: EventType;
  payload: Record<string, unknown>;
}

/** The server's "no" to one event. */
export interface RefusedAnswer extends RefusalDetails {
  acknowledged: false;
  status: number;
  code: string;
  detail: string;
}

/** What the server says to one event. */
export type Answer = { acknowledged: true; sequence_number: number } | RefusedAnswer;

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
  submitBatch(events: readonly PostedEvent[]): Promise<readonly Answer[]>;
  /** Completes with whatever is selected. */
  complete(details: PostedDetails): Promise<Answer>;
  /** The attempt as it stands; of a completed one only once its results are there. */
  view(): Promise<AttemptView>;
  /** Only of an attempt that `view` shows as completed. */
  results(): Promise<Results>;
  leave(): void;
}
