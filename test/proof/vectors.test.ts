import { execFileSync } from 'node:child_process';
import { createPublicKey, verify } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../src/proof/canonical-json.ts';
import { Chain, chainedForm } from '../../src/proof/chain.ts';
import { leafSalt, riskSalt, startChain } from '../../src/proof/chain-start.ts';
import {
  keyIdOf,
  keyIdParts,
  parseNote,
  parsePublicKey,
  publicKeyText,
  signatureBy,
} from '../../src/proof/checkpoint.ts';
import { leafParts, metricsParts, profileParts, riskParts, taskParts } from '../../src/proof/formats.ts';
import { Frontier } from '../../src/proof/frontier.ts';
import { hashParts } from '../../src/proof/hash.ts';
import { inclusionRanges, type Range } from '../../src/proof/merkle.ts';
import { CheckpointSigner } from '../../src/proof/signing-key.ts';
import { chainedTask } from '../../src/tasks/chained-task.ts';
import { hasPython } from '../support/python.ts';
import {
  changes,
  completes,
  recorded,
  selects,
  starts,
  submitsReasoning,
  taskWith,
  views,
} from '../support/recorded.ts';

/*
 * One small record in every format. The file with it is checked in, so that a change of a format is seen, and so that
 * somebody who writes another verifier can test it.
 */

const b64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url');

const task = taskWith({ A: 'low', B: 'high' });
const key = Buffer.alloc(32, 'key');
const secret = Buffer.alloc(32, 'secret');
const attempt_id = '0c'.padEnd(23, '0').concat('1');
const signer = new CheckpointSigner('a secret of at least thirty-two bytes', 'example.org/log');

function vectors() {
  const chained = chainedTask(task, secret);
  const chain = startChain({ attempt_id, machine_id: 'attempt-v1', task: chained, key, secret });
  const links = new Chain({ first: chain.first_digest, key });
  const events = recorded(task, [
    starts(0),
    { ...views(950, 'A', 812.5), record: { metadata: { user_agent: 'Example/1.0 (é, €, 😀)' } } },
    { ...selects(3000, 'A'), record: { client_event_id: 'first-choice' } },
    { ...changes(7000, 'A', 'B'), record: { batched: true } },
    submitsReasoning(9000, 'Because the harbour is closed, “B” is safer.\nTherefore B. 😀', 11),
    completes(9500, 'B'),
  ]).map((event) => {
    const linked = links.link(event);
    links.follow(linked);
    return linked;
  });
  const metrics = { version: 'example', figures: [1, 2.5, 1e21, 0.000001] };
  const profile = { interpreter_version: 'example', notes: 'Ä “note”' };
  const redemption = {
    kind: 'redemption',
    attempt_id,
    first_digest: b64(chain.first_digest),
    redeemed_at: '2025-01-15T09:59:00.000Z',
  } as const;
  const seal = {
    kind: 'seal',
    attempt_id,
    event_count: events.length,
    first_digest: b64(chain.first_digest),
    head_digest: events.at(-1)?.digest ?? '',
    interpreter_version: 'example',
    metrics_digest: b64(hashParts(metricsParts(metrics))),
    metrics_version: 'example',
    profile_digest: b64(hashParts(profileParts(profile))),
  } as const;
  const salt = leafSalt(secret);
  const commitments = [redemption, seal].map((content) => hashParts(leafParts(salt, content)));
  const entries = [
    hashParts(['another']),
    ...commitments,
    hashParts(['and another']),
    hashParts(['the last']),
  ];
  const frontier = new Frontier();
  for (const entry of entries) frontier.add(entry);
  return {
    key: b64(key),
    key_commitment: b64(chain.key_commitment),
    risks: task.options.map(({ option_id, risk_tag }) => ({
      risk_tag,
      salt: b64(riskSalt(secret, option_id)),
      digest: b64(hashParts(riskParts(riskSalt(secret, option_id), risk_tag))),
    })),
    task: chained,
    task_digest: b64(hashParts(taskParts(chained))),
    machine_id: 'attempt-v1',
    first_digest: b64(chain.first_digest),
    events: events.map((event) => ({
      canonical: canonicalJson(chainedForm(event)),
      digest: event.digest,
      sent: { payload: event.payload, metadata: event.metadata },
    })),
    metrics,
    profile,
    salt: b64(salt),
    leaves: [
      { content: redemption, leaf: 1 },
      { content: seal, leaf: 2 },
    ].map((each, index) => ({
      ...each,
      commitment: b64(commitments[index] as Buffer),
      proof: inclusionRanges(each.leaf, entries.length).map((range) => b64(hashOf(entries, range))),
    })),
    entries: entries.map(b64),
    checkpoint: signer.sign({ size: entries.length, root: frontier.root }),
    public_key: signer.publicKey,
  };
}

function hashOf(entries: readonly Buffer[], { from, to }: Range): Buffer {
  const frontier = new Frontier();
  for (const entry of entries.slice(from, to)) frontier.add(entry);
  return frontier.root;
}

const FILE = './vectors.json';

describe('the vectors', () => {
  it('are those that are checked in', async () => {
    await expect(`${JSON.stringify(vectors(), null, 2)}\n`).toMatchFileSnapshot(FILE);
  });

  it.skipIf(!hasPython)('hold for a verifier in Python, too', () => {
    const script = fileURLToPath(new URL('second_verifier.py', import.meta.url));
    const file = fileURLToPath(new URL(FILE, import.meta.url));
    expect(execFileSync('python3', [script, 'vectors', file], { encoding: 'utf8' })).toBe('all hold\n');
  });
});

describe('a checkpoint', () => {
  const note = signer.sign({ size: 5, root: Buffer.alloc(32, 5) });
  const publicKey = parsePublicKey(signer.publicKey);

  it('is signed by the key whose text is published, and says what was signed', () => {
    const parsed = parseNote(note);
    if (!parsed || !publicKey) throw new Error('not parsed');
    expect(parsed.checkpoint).toEqual({
      origin: 'example.org/log',
      size: 5,
      root: new Uint8Array(32).fill(5),
    });
    const signature = signatureBy(parsed, publicKey) ?? Buffer.alloc(0);
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: b64(publicKey.publicKey) };
    const keyObject = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verify(null, Buffer.from(parsed.text), keyObject, signature)).toBe(true);
    expect(keyIdOf(hashParts(keyIdParts(publicKey.name, publicKey.publicKey)))).toEqual(
      Buffer.from(publicKey.id),
    );
    expect(publicKeyText(publicKey)).toBe(signer.publicKey);
  });

  it('has the same key at every start, and another one for another secret or log', () => {
    const again = new CheckpointSigner('a secret of at least thirty-two bytes', 'example.org/log');
    expect(again.publicKey).toBe(signer.publicKey);
    const others = [
      new CheckpointSigner('another secret of at least 32 bytes', 'example.org/log'),
      new CheckpointSigner('a secret of at least thirty-two bytes', 'example.org/other'),
    ].map((other) => other.publicKey);
    expect(others).not.toContain(signer.publicKey);
  });

  it.each([
    ['without a signature', note.slice(0, note.indexOf('\n\n') + 2)],
    ['with a line more', note.replace('\n\n', '\nmore\n\n')],
    ['with a size that is no number', note.replace('\n5\n', '\n05\n')],
    ['with a root that is too short', note.replace(/\n\S+=\n/, '\nAAAA\n')],
    ['with something after it', `${note}x`],
    ['that is empty', ''],
  ])('is not understood %s', (_, text) => {
    expect(parseNote(text)).toBeUndefined();
  });
});
