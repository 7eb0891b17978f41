/** What is wrong, and where. */
export interface Finding {
  /** The number of the event, if it is in one. */
  event?: number;
  /** The path of the field in the bundle or, with `event`, in the event. */
  field?: string;
  detail: string;
}

/** What is checked, in this order. */
export const CHECKS = {
  file: 'The file is a complete bundle in its one form',
  key: 'The key is the one that the chain begins with',
  start: 'The chain begins with this attempt, task and machine',
  chain: 'Every event follows from the one before it, and none is missing between them',
  sealed: 'What is sealed opens with the key',
  machine: 'The machine accepts the events in this order',
  metrics: 'The metrics follow from the events, to the last digit',
  profile: 'The profile follows from the metrics, word for word',
  explanation: 'The explanation follows from the metrics',
  seal: 'The seal is that of these events, metrics and profile',
  log: 'The log has the redemption and the seal',
  signature: 'The checkpoint of the log is signed by the key',
} as const;
export type CheckName = keyof typeof CHECKS;

export interface Check {
  name: CheckName;
  title: string;
  /** `cannot`: it cannot be checked any more, or could never be. */
  status: 'holds' | 'fails' | 'cannot';
  /** Why it fails or cannot be checked; empty if it holds. */
  findings: Finding[];
}

export interface Report {
  /** `incomplete`: nothing fails, but not everything can be checked. */
  verdict: 'holds' | 'fails' | 'incomplete';
  checks: Check[];
  /** What the bundle is about, as far as it could be read. */
  attempt_id?: string;
  event_count?: number;
  task?: string;
  skills?: string[];
  /** Who signed; compare it with the key that the server publishes. */
  public_key?: string;
}

/** Throw it in a check that cannot be made. */
export class CannotCheck extends Error {}

/** A check that found something wrong. */
export class Failed extends Error {
  readonly findings: Finding[];

  constructor(...findings: Finding[]) {
    super(findings[0]?.detail ?? 'failed');
    this.findings = findings;
  }
}

export const place = ({ event, field }: Finding): string =>
  [event === undefined ? undefined : `event ${event}`, field].filter(Boolean).join(', ');
