import type { RecordedEvent } from '../events/recorded-event.ts';
import { canonicalJson } from '../proof/canonical-json.ts';
import { chainedForm } from '../proof/chain.ts';
import { type AttemptChain, riskSalt } from '../proof/chain-start.ts';
import type { SealContent } from '../proof/formats.ts';
import { withoutIds } from '../results/seal.ts';
import type { AnyExplainedRule, AnyInterpretation, AnyMetrics } from '../results/versions.ts';
import { contentOf, riskDigest, textOf } from '../tasks/chained-task.ts';
import type { Task } from '../tasks/task.ts';
import { BUNDLE_FORMAT } from './bundle-format.ts';
import type { LogEvidence } from './log-evidence.ts';
import { optionsMet } from './options-met.ts';

/** Everything that proves what was recorded of one attempt and concluded from it, besides its events. */
export interface Evidence {
  attempt: { attempt_id: string; machine_id: string; redeemed_at: Date };
  task: Task;
  metrics: AnyMetrics;
  profile: AnyInterpretation;
  explanation: AnyExplainedRule[];
  /** Absent for an attempt that was redeemed under an earlier release. */
  proof?: {
    chain: AttemptChain;
    /** Absent after an erasure. */
    key: Uint8Array | undefined;
    seal: SealContent;
    log: LogEvidence;
  };
  /** Whether the risks of options that the candidate did not meet are withheld. */
  isForCandidate: boolean;
}

/**
 * The evidence bundle as canonical JSON, piece by piece, so that it costs little memory however many events there are.
 * The format is in `src/proof/README.md`. @throws whatever reading the events throws
 */
export async function* writeBundle(
  evidence: Evidence,
  events: AsyncIterable<RecordedEvent>,
): AsyncGenerator<string> {
  const { attempt, proof, metrics, profile, explanation } = evidence;
  const member = (name: string, value: unknown) => `,"${name}":${canonicalJson(value)}`;
  const { attempt_id, machine_id, redeemed_at } = attempt;
  const facts = { attempt_id, machine_id, redeemed_at: redeemed_at.toISOString() };
  yield `{"attempt":${canonicalJson(facts)}`;
  yield member('chain', proof ? chainOf(proof.chain) : null);

  const met = new Set<string>();
  let isFirst = true;
  for await (const event of events) {
    for (const option_id of optionsMet(event)) met.add(option_id);
    yield `${isFirst ? ',"events":[' : ','}${canonicalJson(proof ? chainedEvent(event) : plainEvent(event))}`;
    isFirst = false;
  }
  yield isFirst ? ',"events":[]' : ']';

  yield member('explanation', explanation);
  yield member('format', BUNDLE_FORMAT);
  yield member('key', proof?.key ? base64url(proof.key) : null);
  yield member('log', proof ? proof.log : null);
  yield member('metrics', withoutIds(metrics));
  yield member('profile', withoutIds(profile));
  yield member('seal', proof ? sealOf(proof.seal) : null);
  yield `${member('task', taskOf(evidence, met))}}`;
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');

const chainOf = ({ first_digest, key_commitment }: AttemptChain) => ({
  first_digest: base64url(first_digest),
  key_commitment: base64url(key_commitment),
});

function chainedEvent(event: RecordedEvent) {
  const { attempt_id: _, ...form } = chainedForm(event);
  return { ...form, digest: event.digest };
}

/** An event of an attempt without a chain. */
function plainEvent({ attempt_id: _, ...event }: RecordedEvent) {
  return {
    ...event,
    timestamp_client: event.timestamp_client.toISOString(),
    timestamp_server: event.timestamp_server.toISOString(),
  };
}

function sealOf({ kind: _k, attempt_id: _a, ...seal }: SealContent) {
  return seal;
}

/** Without a chain there is nothing that a withheld risk could be checked against, but it is withheld all the same. */
function taskOf({ task, proof, isForCandidate }: Evidence, met: ReadonlySet<string>) {
  return {
    ...contentOf(task),
    options: task.options.map((option) => {
      const isShown = !isForCandidate || met.has(option.option_id);
      const { option_id, risk_tag } = option;
      if (!proof) return { ...textOf(option), risk: isShown ? { risk_tag } : null };
      const { secret } = proof.chain;
      const shown = { risk_tag, salt: base64url(riskSalt(secret, option_id)) };
      return { ...textOf(option), risk: isShown ? shown : riskDigest(option, secret) };
    }),
  };
}
