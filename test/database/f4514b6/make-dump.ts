import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { BSON, MongoClient } from 'mongodb';

/*
 * This script made the dump beside it, once: over HTTP, with the server of commit f4514b6 on the embedded engine.
 * `npx tsx test/database/f4514b6/make-dump.ts CLONE`, where CLONE is a checkout of that commit with its
 * node_modules. Only the lifetimes of tokens and attempts were changed, so that the open attempt stays open for
 * fifty years.
 */

const JWT_SECRET = 'the secret with which the dump was made, of no other use';
const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };
const FIFTY_YEARS_S = 50 * 365 * 86_400;

const clone = pathToFileURL(`${process.argv[2]}/`).href;
const old = (module: string) => import(new URL(module, clone).href);
const [{ startEmbeddedEngine }, { startServer }, { readConfig }, { createLog }] = await Promise.all([
  old('src/database/embedded/engine.ts'),
  old('src/server.ts'),
  old('src/config.ts'),
  old('src/log.ts'),
]);
const directory = await mkdtemp(join(tmpdir(), 'dump-'));
const engine = await startEmbeddedEngine({ directory, log: console.log });
const env = {
  PORT: '0',
  MONGODB_URI: engine.uri,
  MONGODB_DATABASE: 'old',
  DATA_DIR: directory,
  JWT_SECRET,
  ADMIN_EMAIL: ADMIN.email,
  ADMIN_PASSWORD: ADMIN.password,
};
const config = readConfig(env);
Object.assign(config, { tokenTtlSeconds: FIFTY_YEARS_S, attemptTtlSeconds: FIFTY_YEARS_S });
const server = await startServer(config, createLog('warn'), () => undefined);

// biome-ignore lint/suspicious/noExplicitAny: a script that ran once, against answers that cannot change any more
type Answer = any;
async function call(token: string | undefined, method: string, path: string, body?: object): Promise<Answer> {
  const response = await fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text && JSON.parse(text);
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const { access_token: admin } = await call(undefined, 'POST', '/auth/login', ADMIN);
await call(admin, 'POST', '/users', {
  email: 'recruiter@example.com',
  password: 'a recruiter needs one too',
  role: 'recruiter',
});
const recruiter = await call(undefined, 'POST', '/auth/login', {
  email: 'recruiter@example.com',
  password: 'a recruiter needs one too',
});
await call(undefined, 'POST', '/auth/refresh', { refresh_token: recruiter.refresh_token });
const staff: string = recruiter.access_token;
const { tasks } = await call(staff, 'GET', '/tasks');
const task = tasks.find((each: Answer) => each.requires_reasoning);
const options: Answer[] = task.options;

async function issue(order: object = {}): Promise<string> {
  const { tokens } = await call(staff, 'POST', '/tokens/generate', { task_id: task.task_id, ...order });
  return tokens[0].token;
}

/** A candidate whose events are posted one after the other, a moment apart. */
async function candidate(order?: object) {
  const { attempt, access_token } = await call(undefined, 'POST', '/attempts', { token: await issue(order) });
  const post = async (event_type: string, payload: object = {}, more: object = {}) => {
    await pause(15);
    const timestamp_client = new Date().toISOString();
    const event = { attempt_id: attempt.attempt_id, event_type, payload, timestamp_client, ...more };
    await call(access_token, 'POST', '/events', event);
  };
  return { attempt_id: attempt.attempt_id as string, access_token: access_token as string, post };
}
const named = (index: number) => ({
  option_id: options[index].option_id,
  option_code: options[index].option_code,
});

const completed = await candidate({ candidate_email: 'guest@example.com' });
await completed.post('task_started');
for (const index of [0, 1, 2, 0]) {
  await completed.post('option_viewed', { ...named(index), duration_ms: 1500 + index });
}
await completed.post('option_selected', named(0), { client_event_id: crypto.randomUUID() });
await completed.post('reasoning_started');
const text = 'Because the risk is small, I would therefore wait; however, if it grows, we act.';
await completed.post('reasoning_submitted', { text, word_count: 15 });
await completed.post('option_changed', {
  from_option_id: named(0).option_id,
  from_code: named(0).option_code,
  to_option_id: named(1).option_id,
  to_code: named(1).option_code,
});
const final = { final_option_id: named(1).option_id, final_option_code: named(1).option_code };
await completed.post('task_completed', final, {
  metadata: { client_session_id: 'a', user_agent: 'Old/1.0' },
});

const open = await candidate();
await open.post('task_started', {}, { client_event_id: crypto.randomUUID() });
await open.post('option_viewed', { ...named(2), duration_ms: 900, seen_with: { $ref: 'x', 'a.b': 1.5 } });
await open.post('option_selected', named(2));
await open.post('reasoning_started');
await call(open.access_token, 'POST', '/events/batch', {
  events: [
    ['reasoning_updated', { text_length: 12, word_count: 2 }],
    ['option_viewed', { ...named(0), duration_ms: 3 }],
  ].map(([event_type, payload]) => ({
    attempt_id: open.attempt_id,
    event_type,
    payload,
    timestamp_client: new Date().toISOString(),
  })),
});

const abandoned = await candidate();
await abandoned.post('task_started');
await abandoned.post('option_viewed', { ...named(1), duration_ms: 40 });
await abandoned.post('task_abandoned');

const unredeemed = await issue({ candidate_email: 'later@example.com' });
const unstarted = await candidate();
config.tokenTtlSeconds = 1;
await issue();
// Until the results are computed, and the sweep has found the expired token.
await pause(8000);
await call(staff, 'GET', `/attempts/${completed.attempt_id}/skills`);
await call(staff, 'GET', `/attempts/${completed.attempt_id}/metrics`);
await server.stop();

const client = new MongoClient(engine.uri);
const db = client.db('old');
const folder = fileURLToPath(new URL('.', import.meta.url));
for (const { name, options: made } of await db
  .listCollections<{ name: string; options: object }>()
  .toArray()) {
  const collection = db.collection(name);
  // No value is promoted to a JavaScript type, so that each keeps its BSON type.
  const documents = await collection
    .find({}, { promoteValues: false, promoteLongs: false })
    .sort({ _id: 1 })
    .toArray();
  const lines = [{ options: made, indexes: await collection.indexes() }, ...documents];
  const dump = lines.map((line) => BSON.EJSON.stringify(line, { relaxed: false })).join('\n');
  await writeFile(join(folder, `${name}.ejson`), `${dump}\n`);
}
const facts = {
  jwt_secret: JWT_SECRET,
  completed: completed.attempt_id,
  open: { attempt_id: open.attempt_id, access_token: open.access_token, selected: named(2) },
  abandoned: abandoned.attempt_id,
  unstarted: unstarted.attempt_id,
  unredeemed,
};
await writeFile(join(folder, 'facts.json'), `${JSON.stringify(facts, null, 2)}\n`);
await client.close();
await engine.stop();
