import type { BehaviorEvent } from '../../events/event-table.ts';
import { fromBase64url } from '../../proof/base64.ts';
import { canonicalJson } from '../../proof/canonical-json.ts';
import type { ChainedEvent, ChainedTask, SealContent } from '../../proof/formats.ts';
import type { AnyExplainedRule, AnyInterpretation, AnyMetrics } from '../../results/versions.ts';
import type { TaskMarks } from '../../tasks/general-marks.ts';
import { BUNDLE_FORMAT } from '../bundle-format.ts';
import { Failed } from './report.ts';

export type BundleEvent = Omit<ChainedEvent, 'attempt_id' | 'event_type'> & {
  event_type: BehaviorEvent['event_type'];
  digest?: string;
  /** Only without a chain. */
  metadata?: Record<string, unknown>;
};

export interface Inclusion {
  leaf: number;
  proof: string[];
}

type Risk = { risk_tag: string; salt?: string };

/** A bundle whose fields are there and of the right kind; nothing more is known of it yet. */
export interface Bundle {
  attempt: { attempt_id: string; machine_id: string; redeemed_at: string };
  chain: { first_digest: string; key_commitment: string } | null;
  events: BundleEvent[];
  explanation: AnyExplainedRule[];
  key: string | null;
  log: {
    checkpoint: string;
    public_key: string;
    redemption: Inclusion;
    salt: string;
    seal: Inclusion;
  } | null;
  metrics: AnyMetrics;
  profile: AnyInterpretation;
  seal: Omit<SealContent, 'kind' | 'attempt_id'> | null;
  task: Omit<ChainedTask, 'options' | 'marks'> & {
    marks: TaskMarks;
    options: (Omit<ChainedTask['options'][number], 'risk'> & { risk: Risk | string | null })[];
  };
}

type Kind = (value: unknown, path: string) => void;

const wrong = (path: string, detail: string): never => {
  throw new Failed({ field: path, detail });
};
const text: Kind = (value, path) => void (typeof value === 'string' || wrong(path, 'is not a text'));
const count: Kind = (value, path) =>
  void (Number.isSafeInteger(value) || wrong(path, 'is not a whole number'));
const hash: Kind = (value, path) =>
  void ((typeof value === 'string' && fromBase64url(value)?.length === 32) || wrong(path, 'is not a digest'));
const anything: Kind = () => undefined;
const orNull =
  (kind: Kind): Kind =>
  (value, path) =>
    void (value === null || kind(value, path));
const list =
  (kind: Kind): Kind =>
  (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'is not a list');
    for (const [n, item] of value.entries()) kind(item, `${path}[${n}]`);
  };

/** An object with exactly these fields; those whose name ends in `?` may be absent. */
const fields =
  (kinds: Record<string, Kind>): Kind =>
  (value, path) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value))
      return wrong(path, 'is not an object');
    const inside = (name: string) => (path ? `${path}.${name}` : name);
    const known = new Map(Object.entries(kinds).map(([name, kind]) => [name.replace('?', ''), kind]));
    for (const name of Object.keys(value)) if (!known.has(name)) wrong(inside(name), 'does not belong there');
    for (const [name, kind] of Object.entries(kinds)) {
      const key = name.replace('?', '');
      if (key in value) kind((value as Record<string, unknown>)[key], inside(key));
      else if (key === name) wrong(inside(key), 'is missing');
    }
  };

const object: Kind = (value, path) =>
  void (
    (typeof value === 'object' && value !== null && !Array.isArray(value)) ||
    wrong(path, 'is not an object')
  );
const moment: Kind = (value, path) => {
  const isMoment = typeof value === 'string' && /^[+-]?\d{4,6}-\d\d-\d\dT[\d:.]+Z$/.test(value);
  if (!isMoment || new Date(value).toJSON() !== value) wrong(path, 'is not a time in UTC with milliseconds');
};
const inclusion = fields({ leaf: count, proof: list(hash) });
const event = {
  'batched?': anything,
  'client_clock_corrected?': anything,
  'client_event_id?': text,
  event_id: text,
  event_type: text,
  payload: object,
  sequence_number: count,
  timestamp_client: moment,
  timestamp_server: moment,
};

const bundle = (isChained: boolean) =>
  fields({
    format: (value, path) => void (value === BUNDLE_FORMAT || wrong(path, `is not ${BUNDLE_FORMAT}`)),
    attempt: fields({ attempt_id: text, machine_id: text, redeemed_at: moment }),
    chain: orNull(fields({ first_digest: hash, key_commitment: hash })),
    key: orNull(hash),
    task: fields({
      ...{ category: text, description: text, marks: object, requires_reasoning: anything, scenario: text },
      ...{ task_code: text, task_id: text, time_limit_seconds: anything, title: text, version: count },
      options: list(
        fields({
          ...{ description: text, display_order: count, label: text, option_code: text, option_id: text },
          risk: (value, path) => {
            if (typeof value === 'string') hash(value, path);
            else if (isChained) fields({ risk_tag: text, salt: text })(value, path);
            else orNull(fields({ risk_tag: text }))(value, path);
          },
        }),
      ),
    }),
    events: list(
      fields(isChained ? { ...event, digest: hash, 'sealed?': text } : { ...event, metadata: object }),
    ),
    metrics: object,
    profile: object,
    explanation: list(object),
    seal: isChained ? object : orNull(object),
    log: (isChained ? (kind: Kind) => kind : orNull)(
      fields({ checkpoint: text, public_key: text, redemption: inclusion, salt: hash, seal: inclusion }),
    ),
  });

/** @throws Failed if it is not a bundle, or not written in its one form */
export function readBundle(file: string): Bundle {
  let value: unknown;
  try {
    value = JSON.parse(file);
  } catch {
    throw new Failed({ detail: 'It is not JSON.' });
  }
  const chain = (value as { chain?: unknown } | null)?.chain;
  bundle(chain !== null)(value, '');
  if (canonicalJson(value) !== file) {
    throw new Failed({
      detail: 'It is not in canonical form: something was added that says nothing, or reordered.',
    });
  }
  return value as Bundle;
}
