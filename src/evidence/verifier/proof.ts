import { keyIdOf, keyIdParts, parseNote, parsePublicKey, signatureBy } from '../../proof/checkpoint.ts';
import {
  type ChainedTask,
  eventParts,
  firstParts,
  keyParts,
  leafParts,
  metricsParts,
  profileParts,
  type RedemptionContent,
  riskParts,
  type SealContent,
  taskParts,
} from '../../proof/formats.ts';
import { rootByInclusion } from '../../proof/merkle.ts';
import { isSameBytes } from '../../proof/parts.ts';
import { bytesOf, digestOf, hashOf, isSignedBy } from './crypto.ts';
import { differences } from './differences.ts';
import type { Bundle, Inclusion } from './read-bundle.ts';
import { CannotCheck, Failed, type Finding } from './report.ts';

/** @throws CannotCheck for an attempt without a chain */
function chainOf({ chain }: Bundle) {
  if (chain) return chain;
  throw new CannotCheck(
    'The attempt was redeemed under an earlier release, which kept nothing that could prove this.',
  );
}

/** @throws CannotCheck for an attempt without a chain */
function logOf(bundle: Bundle) {
  chainOf(bundle);
  if (bundle.log && bundle.seal) return { log: bundle.log, seal: bundle.seal };
  throw new Failed({ field: bundle.log ? 'seal' : 'log', detail: 'is missing' });
}

export async function checkKey(bundle: Bundle): Promise<void> {
  const { key_commitment } = chainOf(bundle);
  if (bundle.key === null) throw new CannotCheck('The key was erased.');
  if ((await digestOf(keyParts(bytesOf(bundle.key, 'key')))) !== key_commitment) {
    throw new Failed({ field: 'key', detail: 'The chain commits to another key.' });
  }
}

export async function checkStart(bundle: Bundle): Promise<void> {
  const { first_digest, key_commitment } = chainOf(bundle);
  const { attempt_id, machine_id } = bundle.attempt;
  const task_digest = await digestOf(taskParts(await chainedTask(bundle)));
  const follows = await digestOf(firstParts({ attempt_id, key_commitment, machine_id, task_digest }));
  if (follows === first_digest) return;
  throw new Failed({
    field: 'chain.first_digest',
    detail:
      'It does not follow: the attempt’s id, the machine, the key or something in the task is another one.',
  });
}

async function chainedTask({ task }: Bundle): Promise<ChainedTask> {
  const options: ChainedTask['options'][number][] = [];
  for (const [n, { risk, ...option }] of task.options.entries()) {
    if (risk === null) throw new Failed({ field: `task.options[${n}].risk`, detail: 'is missing' });
    if (typeof risk === 'string') options.push({ ...option, risk });
    else {
      const salt = bytesOf(risk.salt ?? '', `task.options[${n}].risk.salt`);
      options.push({ ...option, risk: await digestOf(riskParts(salt, risk.risk_tag)) });
    }
  }
  return { ...task, options };
}

export async function checkChain(bundle: Bundle): Promise<void> {
  const { first_digest } = chainOf(bundle);
  const { attempt_id } = bundle.attempt;
  const findings: Finding[] = [];
  let previous = first_digest;
  let earlier = '';
  for (const [index, { digest = '', metadata: _, ...event }] of bundle.events.entries()) {
    const number = index + 1;
    if (event.sequence_number !== number) {
      const detail = `It stands at place ${number}: events were left out, added or reordered.`;
      findings.push({ event: event.sequence_number, field: 'sequence_number', detail });
    }
    if (event.timestamp_server < earlier) {
      findings.push({
        event: number,
        field: 'timestamp_server',
        detail: 'It is before that of the event before it.',
      });
    }
    earlier = event.timestamp_server;
    const follows = await digestOf(eventParts(bytesOf(previous, 'digest'), { attempt_id, ...event }));
    if (follows !== digest) {
      const detail = `It does not follow from the event’s content and the digest before it: one of them was changed.`;
      findings.push({ event: number, field: 'digest', detail });
    }
    // From what is stated, so that only the changed event is found and not all that follow.
    previous = digest;
  }
  if (findings.length > 0) throw new Failed(...findings.slice(0, 10));
}

export async function checkSeal(bundle: Bundle): Promise<void> {
  const { first_digest } = chainOf(bundle);
  const { seal } = logOf(bundle);
  const { events, metrics, profile } = bundle;
  const follows: typeof seal = {
    event_count: events.length,
    first_digest,
    head_digest: events.at(-1)?.digest ?? '',
    interpreter_version: profile.interpreter_version,
    metrics_digest: await digestOf(metricsParts(metrics)),
    metrics_version: metrics.version,
    profile_digest: await digestOf(profileParts(profile)),
  };
  const found = differences(seal, follows, 'seal');
  if (found.length > 0) throw new Failed(...found);
}

export async function checkLog(bundle: Bundle): Promise<void> {
  const { first_digest } = chainOf(bundle);
  const { log, seal } = logOf(bundle);
  const { attempt_id, redeemed_at } = bundle.attempt;
  const checkpoint = parseNote(log.checkpoint)?.checkpoint;
  if (!checkpoint)
    throw new Failed({ field: 'log.checkpoint', detail: 'is not a checkpoint in a signed note' });
  const salt = bytesOf(log.salt, 'log.salt');
  const isIn = async (content: RedemptionContent | SealContent, { leaf, proof }: Inclusion) => {
    const entry = await hashOf(leafParts(salt, content));
    const hashes = proof.map((each) => bytesOf(each, `log.${content.kind}.proof`));
    const root = await rootByInclusion(
      (parts) => hashOf(parts),
      { entry, leaf, size: checkpoint.size },
      hashes,
    );
    if (!root || !isSameBytes(root, checkpoint.root)) {
      throw new Failed({
        field: `log.${content.kind}`,
        detail: 'The log of this checkpoint does not have it.',
      });
    }
  };
  await isIn({ kind: 'redemption', attempt_id, first_digest, redeemed_at }, log.redemption);
  await isIn({ kind: 'seal', attempt_id, ...seal }, log.seal);
}

export async function checkSignature(bundle: Bundle, expected: string | undefined): Promise<void> {
  const { log } = logOf(bundle);
  if (expected !== undefined && expected !== log.public_key) {
    throw new Failed({
      field: 'log.public_key',
      detail: 'It is another key than the one that must have signed.',
    });
  }
  const key = parsePublicKey(log.public_key);
  if (!key || !isSameBytes(keyIdOf(await hashOf(keyIdParts(key.name, key.publicKey))), key.id)) {
    throw new Failed({ field: 'log.public_key', detail: 'is not a public key' });
  }
  const note = parseNote(log.checkpoint);
  const signature = note && signatureBy(note, key);
  if (!signature || note.signatures.length !== 1 || note.checkpoint.origin !== key.name) {
    throw new Failed({ field: 'log.checkpoint', detail: 'It is not signed by this key alone.' });
  }
  if (!(await isSignedBy(key.publicKey, signature, note.text))) {
    throw new Failed({ field: 'log.checkpoint', detail: 'The signature is not that of this text and key.' });
  }
}
