import type { staffAttempt } from '../../attempts/attempt-view.ts';
import type { AttemptView } from '../../attempts/session/feed.ts';
import type { LiveMessage } from '../../live/messages.ts';
import type { SavedMetrics, SavedProfile } from '../../results/result-store.ts';
import type { AnyExplainedRule } from '../../results/versions.ts';
import type { Moment } from '../moments.ts';

/** What of a value arrives as JSON. */
export type Json<T> = T extends Date
  ? string
  : T extends readonly (infer Item)[]
    ? Json<Item>[]
    : T extends object
      ? { [Key in keyof T]: Json<T[Key]> }
      : T;

export type View = Json<AttemptView>;
export type WireMoment = Json<Moment>;
export type WireMessage = Json<LiveMessage>;
export type WireMetrics = Json<SavedMetrics>;
export type WireProfile = Json<SavedProfile> & { explanation: Json<AnyExplainedRule>[] };
export type WireAttempt = Json<ReturnType<typeof staffAttempt>>;
