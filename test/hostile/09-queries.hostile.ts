import { appendFileSync } from 'node:fs';
import { MongoClient, ObjectId } from 'mongodb';
import { expect, inject, it } from 'vitest';
import type { AttemptDocument } from '../../src/attempts/stored/collection.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { startEngine } from '../support/engine.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

/** How many tokens have been issued; 330 000 by hand. */
const TOKENS = Number(process.env['HOSTILE_TOKENS'] ?? 10_000);
const GROUP = 5000;
/** Lists that staff ask for at the same time. */
const AT_ONCE = 4;

const issuers = [new ObjectId(), new ObjectId()] as const;
const taskIds = [new ObjectId(), new ObjectId()] as const;
const since = Date.UTC(2025, 0, 1);

/** Nearly all tokens wait to be redeemed; the others are in one block each, far from the ends. */
function issued(n: number): AttemptDocument {
  const rare = ['redeemed', 'revoked', 'expired', 'open'][Math.floor((n * 40) / TOKENS)] ?? 'open';
  const created_at = new Date(since + n);
  return {
    _id: new ObjectId(),
    attempt_token_hash: String(n),
    user_id: rare === 'redeemed' ? new ObjectId() : null,
    task_id: taskIds[n % 2] as ObjectId,
    issued_by: issuers[Math.floor(n / 100) % 2] as ObjectId,
    candidate_email: n % 1000 === 0 ? `person${n}@example.com` : null,
    status: rare === 'redeemed' ? 'in_progress' : rare === 'open' ? 'pending' : 'expired',
    is_locked: false,
    machine_id: rare === 'redeemed' ? 'attempt-v1' : null,
    redeemed_at: rare === 'redeemed' ? created_at : null,
    started_at: null,
    completed_at: null,
    final_selection: null,
    reasoning_text: null,
    created_at,
    expires_at: new Date(Date.now() + 86_400_000),
    revoked_at: rare === 'revoked' ? created_at : null,
  };
}

const FILTERS: Record<string, readonly (string | undefined)[]> = {
  task_id: [undefined, String(taskIds[0])],
  issued_by: [undefined, String(issuers[1])],
  from: [undefined, `${new Date(since + 10).toISOString()}&to=${new Date(since + TOKENS).toISOString()}`],
};

/** Every combination of the values of filters, as queries. */
const combinationsOf = (filters: typeof FILTERS): string[] =>
  Object.entries(filters).reduce(
    (queries, [name, values]) =>
      queries.flatMap((query) =>
        values.map((value) => (value === undefined ? query : `${query}&${name}=${value}`)),
      ),
    ['limit=200'],
  );

const LISTS = [
  ...combinationsOf({
    ...FILTERS,
    state: [undefined, 'open', 'redeemed', 'revoked', 'expired'],
    candidate_email: [undefined, 'person1000@example.com'],
  }).map((query) => `/tokens?${query}`),
  ...combinationsOf({
    ...FILTERS,
    status: [undefined, 'pending', 'in_progress', 'completed', 'expired'],
    user_id: [undefined, String(new ObjectId())],
  }).map((query) => `/attempts?${query}`),
];

it(`staff ask for every list of ${TOKENS} tokens that there is`, async () => {
  const { uri } = await startEngine();
  const server = await startHostileServer({ MONGODB_URI: uri, MONGODB_DATABASE: 'hostile' });
  const client = await MongoClient.connect(uri);
  atTheEnd(() => client.close());
  const attempts = client.db('hostile').collection<AttemptDocument>('task_attempts');
  for (let written = 0; written < TOKENS; written += GROUP) {
    const group = Array.from({ length: Math.min(GROUP, TOKENS - written) }, (_, n) => issued(written + n));
    await attempts.insertMany(group, { ordered: false });
  }
  const staff = await logInAsAdmin(server);
  await createTask(staff);
  const honest = await HonestCandidate.start(server, staff);
  const slowest = { ms: 0, list: '' };
  await honest.isUndisturbedBy(async () => {
    const waiting = [...LISTS];
    const askOn = async () => {
      for (let list = waiting.pop(); list; list = waiting.pop()) {
        const begun = performance.now();
        const answer = await staff.send('GET', list);
        const ms = Math.round(performance.now() - begun);
        expect(answer.status, list).toBe(200);
        await answer.arrayBuffer();
        if (ms > slowest.ms) Object.assign(slowest, { ms, list });
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  });
  appendFileSync(
    inject('seen'),
    `hostile: ${LISTS.length} lists of ${TOKENS} tokens, the slowest in ${slowest.ms} ms: ${slowest.list}\n`,
  );
});
