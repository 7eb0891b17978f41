import { execFileSync, spawnSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { place } from '../../src/evidence/verifier/report.ts';
import { verifyEvidence } from '../../src/evidence/verifier/verify.ts';
import { bundleCommand } from '../../src/evidence/verifier-files.ts';
import { attemptKeys } from '../../src/journal/collection.ts';
import { canonicalJson } from '../../src/proof/canonical-json.ts';
import { metricsParts } from '../../src/proof/formats.ts';
import { hashParts } from '../../src/proof/hash.ts';
import { CheckpointSigner } from '../../src/proof/signing-key.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { findChromium, launchChromium, outputFile } from '../support/chromium.ts';
import { problemOf } from '../support/problem.ts';
import { hasPython } from '../support/python.ts';
import { changes, completes, selects, starts, submitsReasoning, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const server = await startTestServer();
const { admin, api } = server;
const task = await createTask(admin, { A: 'low', B: 'medium', C: 'high', D: 'low' });
const METADATA = {
  client_session_id: '6f1c1f0a-8f0e-4b0e-9f0e-0a0b0c0d0e0f',
  user_agent:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
};
const TEXT = 'Because the harbour master said so, “B” is therefore safer. 😀';

/** A candidate who completed in twelve events, which never meet option D. */
async function aCompletedAttempt(): Promise<Candidate> {
  const candidate = await admitCandidate(admin, api, task);
  const steps = [
    ...[starts(0), views(0, 'A', 812.5), views(0, 'B', 400), views(0, 'C', 90), selects(0, 'A')],
    ...[changes(0, 'A', 'B'), views(0, 'A', 120), changes(0, 'B', 'A'), changes(0, 'A', 'B')],
    ...[submitsReasoning(0, TEXT, 9), views(0, 'C', 33), completes(0, 'B')],
  ];
  for (const [n, step] of steps.entries()) {
    const envelope = {
      metadata: METADATA,
      client_event_id: `0e1c1f0a-8f0e-4b0e-9f0e-00000000000${n.toString(16)}`,
    };
    await api.as(candidate.token).call('POST', '/events', candidate.body(step, envelope));
  }
  await candidate.results('evidence');
  return candidate;
}

async function download({ attempt_id }: Candidate, as = admin): Promise<string> {
  const response = await as.send('GET', `/attempts/${attempt_id}/evidence`);
  expect(response.status).toBe(200);
  return response.text();
}

// biome-ignore lint/suspicious/noExplicitAny: the tests change whatever they like in it
type AnyBundle = any;

const candidate = await aCompletedAttempt();
const other = await aCompletedAttempt();
const file = await download(candidate);
const otherBundle: AnyBundle = JSON.parse(await download(other));
const bundle: AnyBundle = JSON.parse(file);

/** What the verifier finds after a change, as `check: place`. */
async function findingsAfter(change: (bundle: AnyBundle) => void): Promise<string[]> {
  const changed = structuredClone(bundle);
  change(changed);
  const { verdict, checks } = await verifyEvidence(canonicalJson(changed));
  expect(verdict).not.toBe('holds');
  return checks.flatMap(({ name, findings }) => findings.map((finding) => `${name}: ${place(finding)}`));
}

describe('given the evidence of an attempt of twelve events', () => {
  it('then every check holds, in Python too, and it is smaller than 20 KB', async () => {
    const report = await verifyEvidence(file);
    expect(report.checks.filter(({ status }) => status !== 'holds')).toEqual([]);
    expect(report).toMatchObject({ verdict: 'holds', event_count: 12, attempt_id: candidate.attempt_id });
    expect(await verifyEvidence(file, report.public_key)).toMatchObject({ verdict: 'holds' });
    // With the metadata of a browser in every event, which is sealed in blocks of 256 bytes.
    expect(Buffer.byteLength(file)).toBeLessThan(20 * 1024);
    if (!hasPython) return;
    const path = join(await temporaryFolder(), 'bundle.json');
    await writeFile(path, file);
    const script = fileURLToPath(new URL('../proof/second_verifier.py', import.meta.url));
    expect(execFileSync('python3', [script, 'bundle', path], { encoding: 'utf8' })).toBe('all hold\n');
  });

  it('then what was written is in it only for who has its key', () => {
    expect(file).not.toContain('harbour');
    expect(file).not.toContain('Mozilla');
  });

  it('then the owner gets the same, but for the risks of options that were never met', async () => {
    const own: AnyBundle = JSON.parse(await download(candidate, candidate.api));
    expect(await verifyEvidence(canonicalJson(own))).toMatchObject({ verdict: 'holds' });
    const risks = (of: AnyBundle) => of.task.options.map(({ risk }: AnyBundle) => risk.risk_tag);
    expect(risks(bundle)).toEqual(['low', 'medium', 'high', 'low']);
    expect(risks(own)).toEqual(['low', 'medium', 'high', undefined]);
    expect({ ...own, task: null }).toEqual({ ...bundle, task: null, log: own.log });
  });

  it('then nobody gets it before the completion', async () => {
    const open = await admitCandidate(admin, api, task);
    await open.does(starts(0));
    const answer = await admin.send('GET', `/attempts/${open.attempt_id}/evidence`);
    expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'attempt_not_completed' });
  });

  it.each<[string, (changed: AnyBundle) => void, string]>([
    ['a figure', (b) => (b.events[1].payload.duration_ms = 812), 'chain: event 2, digest'],
    [
      'a figure, so that the metrics differ',
      (b) => (b.events[2].payload.duration_ms = 9),
      'metrics: metrics.time_metrics.active_interaction_time_ms',
    ],
    ['a time', (b) => (b.events[4].timestamp_client = '2025-01-01T00:00:00.000Z'), 'chain: event 5, digest'],
    [
      'a time, to before the event before it',
      (b) => (b.events[4].timestamp_server = '2025-01-01T00:00:00.000Z'),
      'chain: event 5, timestamp_server',
    ],
    ['the order', (b) => b.events.splice(1, 2, b.events[2], b.events[1]), 'chain: event 3, sequence_number'],
    ['a text', (b) => (b.events[9].sealed = otherBundle.events[9].sealed), 'sealed: event 10, sealed'],
    ['a left-out first event', (b) => b.events.shift(), 'machine: event 2, event_type'],
    ['a left-out event in the middle', (b) => b.events.splice(5, 1), 'chain: event 7, sequence_number'],
    ['a left-out last event', (b) => b.events.pop(), 'seal: seal.event_count'],
    ['an event of another attempt', (b) => (b.events[3] = otherBundle.events[3]), 'chain: event 4, digest'],
    ['another version of the task', (b) => (b.task.version = 2), 'start: chain.first_digest'],
    ['another label of an option', (b) => (b.task.options[0].label = 'Wait'), 'start: chain.first_digest'],
    ['another risk', (b) => (b.task.options[0].risk.risk_tag = 'high'), 'start: chain.first_digest'],
    [
      'other metrics',
      (b) => (b.metrics.decision_metrics.decision_change_count = 2),
      'metrics: metrics.decision_metrics.decision_change_count',
    ],
    [
      'another label of a skill',
      (b) => (b.profile.inferred_skills[0].skill_label = 'Genius'),
      'profile: profile.inferred_skills[0].skill_label',
    ],
    [
      'another evidence sentence',
      (b) => (b.profile.inferred_skills[0].evidence[0] = 'None.'),
      'profile: profile.inferred_skills[0].evidence[0]',
    ],
    ['another version of the metrics', (b) => (b.metrics.version = '1.0.0'), 'metrics: metrics'],
    [
      'an explanation',
      (b) => (b.explanation[0].held = !b.explanation[0].held),
      'explanation: explanation[0].held',
    ],
    ['the root of a checkpoint', (b) => changeRoot(b), 'log: log.redemption'],
    ['a forged checkpoint', (b) => forge(b), 'signature: log.checkpoint'],
    ['a checkpoint from before the seal', (b) => (b.log.seal.leaf = 1e6), 'log: log.seal'],
    [
      'another key that signs',
      (b) => (b.log.public_key = forge(structuredClone(b))),
      'signature: log.checkpoint',
    ],
    ['another key of the attempt', (b) => (b.key = otherBundle.key), 'key: key'],
    ['a field more', (b) => (b.log.remark = 'x'), 'file: log.remark'],
    ['a field less', (b) => delete b.events[2].digest, 'file: events[2].digest'],
  ])('when %s is exchanged, then the verifier names it', async (_, change, expected) => {
    const found = await findingsAfter(change);
    expect(
      found.some((finding) => finding.startsWith(expected)),
      found.join('; '),
    ).toBe(true);
  });

  it('when the last event is left out and the seal computed anew, then the log does not have that seal', async () => {
    const found = await findingsAfter((b) => {
      b.events.pop();
      b.seal.event_count = 11;
      b.seal.head_digest = b.events[10].digest;
    });
    expect(found).toContain('log: log.seal');
    expect(found).toContain('machine: events');
  });

  it('when a figure is changed and everything computed anew but the log, then the log does not have it', async () => {
    const found = await findingsAfter((b) => {
      b.metrics.decision_metrics.decision_change_count = 1;
      b.seal.metrics_digest = hashParts(metricsParts(b.metrics)).toString('base64url');
    });
    expect(found).toContain('log: log.seal');
  });

  it('when somebody signs a forged log with an own key, then it is not the key that the server publishes', async () => {
    const forged = structuredClone(bundle);
    forged.log.public_key = forge(forged);
    const { verdict, checks } = await verifyEvidence(canonicalJson(forged), bundle.log.public_key);
    expect(verdict).toBe('fails');
    expect(checks.at(-1)).toMatchObject({ name: 'signature', findings: [{ field: 'log.public_key' }] });
  });

  it('when any single byte is changed, then it is not accepted', async () => {
    const bytes = Buffer.from(file);
    for (let n = 0; n < 1000; n += 1) {
      const at = Math.floor(Math.random() * bytes.length);
      const changed = Buffer.from(bytes);
      changed[at] = (bytes[at] ?? 0) ^ (1 + Math.floor(Math.random() * 255));
      const { verdict } = await verifyEvidence(changed.toString());
      expect(verdict, `byte ${at} from ${bytes[at]} to ${changed[at]}`).not.toBe('holds');
    }
  });

  it.each(['', 'null', '[]', '{}', '{"chain":null}', file.slice(0, -1), `${file}\n`, ` ${file}`])(
    'then what is no such file is not accepted: %#',
    async (text) => {
      expect(await verifyEvidence(text)).toMatchObject({ verdict: 'fails' });
    },
  );
});

describe('the verifier as a file of its own', () => {
  it('runs in Node with nothing beside it, and its exit code says whether every check holds', async () => {
    const folder = await temporaryFolder();
    const at = (name: string) => join(folder, name);
    await writeFile(at('verifier.mjs'), await bundleCommand());
    await writeFile(at('true.json'), file);
    await writeFile(at('false.json'), file.replace('"duration_ms":812.5', '"duration_ms":812.4'));
    const run = (...words: string[]) =>
      spawnSync('node', ['verifier.mjs', ...words], {
        cwd: folder,
        encoding: 'utf8',
        env: { PATH: process.env['PATH'] },
      });
    const holds = run('verify', 'true.json', '--key', bundle.log.public_key);
    expect(holds.stderr).toBe('');
    expect(holds.stdout).toContain('Every check holds.');
    expect(holds.status).toBe(0);
    const fails = run('verify', 'false.json');
    expect(fails.stdout).toContain('✗ Every event follows from the one before it');
    expect(fails.stdout).toContain('event 2, digest: It does not follow');
    expect(fails.status).toBe(1);
    expect(run('verify', 'missing.json')).toMatchObject({ status: 2, stdout: '' });
    expect(run('check')).toMatchObject({ status: 2, stderr: expect.stringContaining('Usage') });
  });

  const chromium = findChromium();
  it.skipIf(!chromium)('runs in a browser without a network, under a policy that allows none', async () => {
    const browser = await launchChromium(chromium ?? '');
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      await page.goto(`${server.url}/verify`);
      await page.context().setOffline(true);
      const drop = (text: string) =>
        page.setInputFiles('#file', {
          name: 'evidence.json',
          mimeType: 'application/json',
          buffer: Buffer.from(text),
        });
      await drop(file);
      await page.getByText('Every check holds.').waitFor();
      await page.screenshot({ path: outputFile('verify-holds.png'), fullPage: true });
      await drop(file.replace('"duration_ms":812.5', '"duration_ms":812.4'));
      await page.getByText('event 2, digest').waitFor();
      await page.emulateMedia({ colorScheme: 'dark' });
      await page.screenshot({ path: outputFile('verify-fails-dark.png'), fullPage: true });
      await page.setViewportSize({ width: 375, height: 700 });
      await page.screenshot({ path: outputFile('verify-phone.png'), fullPage: true });
      const isWide = await page.evaluate('document.documentElement.scrollWidth > innerWidth');
      expect(isWide).toBe(false);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

/** Another root in the checkpoint of a bundle. */
function changeRoot({ log }: AnyBundle): void {
  log.checkpoint = log.checkpoint.replace(/\n[\w+/]{43}=\n/, `\n${Buffer.alloc(32, 1).toString('base64')}\n`);
}

/** Signs the log of the bundle with another key of the same name. @returns its public key */
function forge(changed: AnyBundle): string {
  const name = changed.log.public_key.split('+')[0];
  const forger = new CheckpointSigner('the secret of somebody else, over 32 bytes', name);
  const [, size, root] = changed.log.checkpoint.split('\n');
  changed.log.checkpoint = forger.sign({ size: Number(size), root: Buffer.from(root, 'base64') });
  return forger.publicKey;
}

it('given an attempt whose key was deleted, then all else can still be verified, and the report says what cannot', async () => {
  const erased = await aCompletedAttempt();
  const keys = server.services.database.collection(attemptKeys);
  await keys.deleteOne({ _id: new ObjectId(erased.attempt_id) });
  server.services.keys.forget(erased.attempt_id);
  const { verdict, checks } = await verifyEvidence(await download(erased));
  expect(verdict).toBe('incomplete');
  const by = (status: string) => checks.filter((check) => check.status === status).map(({ name }) => name);
  expect(by('fails')).toEqual([]);
  expect(by('cannot')).toEqual(['key', 'sealed', 'metrics']);
});

it('given an attempt that was redeemed under an earlier release, then its bundle says that it has no chain', async () => {
  const earlier = await admitCandidate(admin, api, task);
  const attempts = server.services.database.db.collection('task_attempts');
  await attempts.updateOne(
    { _id: new ObjectId(earlier.attempt_id) },
    { $unset: { chain: '', is_redemption_logged: '' } },
  );
  server.services.sessions.evict(performance.now() + 1e9);
  const acks = await earlier.does(starts(0), views(0, 'A', 5), selects(0, 'A'), completes(0, 'A'));
  expect(acks.map(({ digest }) => digest)).toEqual([undefined, undefined, undefined, undefined]);
  await earlier.results('evidence');
  const text = await download(earlier);
  expect(JSON.parse(text)).toMatchObject({ chain: null, key: null, seal: null, log: null });
  const { verdict, checks } = await verifyEvidence(text);
  expect(verdict).toBe('incomplete');
  expect(checks.filter(({ status }) => status === 'fails')).toEqual([]);
  expect(checks.filter(({ status }) => status === 'holds').map(({ name }) => name)).toEqual([
    ...['file', 'sealed', 'machine', 'metrics', 'profile', 'explanation'],
  ]);
});

describe('the public log', () => {
  const log = (path: string) => fetch(`${server.url}/log/${path}`);

  it('names nobody, and proves what it has and that it only grows', async () => {
    const note = await (await log('checkpoint')).text();
    const size = Number(note.split('\n')[1]);
    const { entries } = (await (await log('entries?from=0')).json()) as { entries: string[] };
    expect(entries.length).toBeGreaterThanOrEqual(size);
    for (const entry of entries) expect(entry).toMatch(/^[\w-]{43}$/);
    const proof = await (await log(`proof?leaf=${bundle.log.seal.leaf}&size=${size}`)).json();
    expect(proof).toMatchObject({ leaf: bundle.log.seal.leaf, size, proof: expect.any(Array) });
    expect(await (await log(`proof?from=1&size=${size}`)).json()).toMatchObject({ from: 1, size });
  });

  it.each(['entries?from=-1', 'proof', 'proof?leaf=1&from=1', 'proof?leaf=99999', 'proof?from=0&size=99999'])(
    'refuses %s',
    async (path) => {
      const answer = await log(path);
      expect(answer.status).toBe(422);
      expect(await answer.json()).toMatchObject({ code: 'validation_failed' });
    },
  );
});
