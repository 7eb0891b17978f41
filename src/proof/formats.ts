import { canonicalJson } from './canonical-json.ts';
import type { Part } from './parts.ts';

/*
 * What exactly is hashed (`README.md` beside this file). Pure: whoever calls hashes the parts, by Node's crypto or the
 * browser's. A change here makes every stored digest wrong; a new format needs a new version in its first line.
 */

const tag = (kind: string): string => `skill-observation/${kind}/v1\n`;

/** An event as the chain covers it. Times are ISO 8601 in UTC with milliseconds. */
export interface ChainedEvent {
  attempt_id: string;
  batched?: true | undefined;
  client_clock_corrected?: true | undefined;
  client_event_id?: string | undefined;
  event_id: string;
  event_type: string;
  /** Only the fields of the vocabulary, and no free text. */
  payload: object;
  /** Base64url; absent if there was nothing to seal. */
  sealed?: string | undefined;
  sequence_number: number;
  timestamp_client: string;
  timestamp_server: string;
}

/** One version of a task as the chain covers it. */
export interface ChainedTask {
  category: string;
  description: string;
  marks: object;
  options: readonly ChainedOption[];
  requires_reasoning: boolean;
  scenario: string;
  task_code: string;
  task_id: string;
  time_limit_seconds: number | null;
  title: string;
  version: number;
}

export interface ChainedOption {
  description: string;
  display_order: number;
  label: string;
  option_code: string;
  option_id: string;
  /** The salted digest of the risk tag, base64url. */
  risk: string;
}

/** What digest 0 follows from. Digests are base64url. */
export interface ChainStart {
  attempt_id: string;
  key_commitment: string;
  machine_id: string;
  task_digest: string;
}

/** What the log says of a redeemed token, without naming anything. */
export interface RedemptionContent {
  kind: 'redemption';
  attempt_id: string;
  first_digest: string;
  redeemed_at: string;
}

/** What the log says of an attempt with results, without naming anything. Digests are base64url. */
export interface SealContent {
  kind: 'seal';
  attempt_id: string;
  event_count: number;
  first_digest: string;
  head_digest: string;
  interpreter_version: string;
  metrics_digest: string;
  metrics_version: string;
  profile_digest: string;
}

export const keyParts = (key: Uint8Array): Part[] => [tag('key'), key];

export const riskParts = (salt: Uint8Array, risk_tag: string): Part[] => [tag('risk'), salt, risk_tag];

export const taskParts = (task: ChainedTask): Part[] => [tag('task'), canonicalJson(task)];

export const firstParts = (start: ChainStart): Part[] => [tag('first'), canonicalJson(start)];

export const eventParts = (previous: Uint8Array, event: ChainedEvent): Part[] => [
  tag('event'),
  previous,
  canonicalJson(event),
];

/** @param metrics without ids and `computed_at` */
export const metricsParts = (metrics: object): Part[] => [tag('metrics'), canonicalJson(metrics)];

/** @param profile without ids and `computed_at` */
export const profileParts = (profile: object): Part[] => [tag('profile'), canonicalJson(profile)];

export const leafParts = (salt: Uint8Array, content: RedemptionContent | SealContent): Part[] => [
  tag('leaf'),
  salt,
  canonicalJson(content),
];
