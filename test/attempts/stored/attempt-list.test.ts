import { type CommandStartedEvent, type Document, MongoClient, ObjectId } from 'mongodb';
import { describe, expect, inject, it } from 'vitest';
import { ATTEMPT_STATUSES } from '../../../src/attempts/attempt.ts';
import { AccessStore } from '../../../src/attempts/stored/access-store.ts';
import { type AttemptFilter, AttemptList } from '../../../src/attempts/stored/attempt-list.ts';
import { AttemptStore } from '../../../src/attempts/stored/attempt-store.ts';
import { type AttemptDocument, taskAttempts } from '../../../src/attempts/stored/collection.ts';
import { listTokens, TOKEN_STATES } from '../../../src/tokens/token-list.ts';
import { TokenStore } from '../../../src/tokens/token-store.ts';
import { createTask, issueTokens } from '../../support/assessment.ts';
import { atTheEnd } from '../../support/at-the-end.ts';
import { admitCandidate } from '../../support/candidate.ts';
import { openTestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { problemOf } from '../../support/problem.ts';
import { starts } from '../../support/recorded.ts';
import { startTestServer } from '../../support/server.ts';

const { admin, api, services } = await startTestServer();

interface List {
  attempts: { attempt_id: string; task_id: string; status: string; created_at: string }[];
  next_cursor: string | null;
}
const list = (query: string) => admin.call<List>('GET', `/attempts?${query}`);
const idsOf = ({ attempts }: List) => attempts.map(({ attempt_id }) => attempt_id);

describe('GET /attempts', () => {
  it('has every attempt once, the newest first, in pages that new ones do not shift', async () => {
    const task = await createTask(admin);
    const issued = await issueTokens(admin, task, { count: 25 });
    const seen: string[] = [];
    let cursor: string | null = '';
    let pages = 0;
    while (cursor !== null) {
      const page: List = await list(`task_id=${task.task_id}&limit=7${cursor && `&cursor=${cursor}`}`);
      seen.push(...idsOf(page));
      cursor = page.next_cursor;
      pages += 1;
      await issueTokens(admin, task);
    }
    expect(pages).toBe(4);
    expect(seen).toEqual(
      issued
        .map(({ attempt_id }) => attempt_id)
        .toSorted()
        .toReversed(),
    );
  });

  it('ends without a cursor when the last page is full', async () => {
    const task = await createTask(admin);
    await issueTokens(admin, task, { count: 4 });
    const first = await list(`task_id=${task.task_id}&limit=2`);
    const second = await list(`task_id=${task.task_id}&limit=2&cursor=${first.next_cursor}`);
    expect([second.attempts.length, second.next_cursor]).toEqual([2, null]);
  });

  it('ends a page at 1 MiB, whatever its limit is', async () => {
    const task = await createTask(admin);
    const { task_id } = task;
    const issued = await issueTokens(admin, task, { count: 100 });
    // The longest texts that candidates may submit: 5 000 characters of 4 bytes.
    const text = { $set: { reasoning_text: '🦉'.repeat(5000) } };
    const stored = services.database.collection(taskAttempts);
    await stored.updateMany({ task_id: new ObjectId(task_id) }, text);
    const seen: string[] = [];
    let cursor: string | null = '';
    while (cursor !== null) {
      const path: string = `/attempts?task_id=${task_id}&limit=200${cursor && `&cursor=${cursor}`}`;
      const answer = await (await admin.send('GET', path)).text();
      expect(Buffer.byteLength(answer)).toBeLessThan(1024 * 1024 + 1000);
      const page = JSON.parse(answer) as List;
      seen.push(...idsOf(page));
      cursor = page.next_cursor;
    }
    expect(seen.toSorted()).toEqual(issued.map(({ attempt_id }) => attempt_id).toSorted());
  });

  it('filters by task, status, candidate, issuer and time', async () => {
    const task = await createTask(admin);
    const before = new Date().toISOString();
    const candidate = await admitCandidate(admin, api, task);
    await candidate.does(starts(0));
    const [waiting] = await issueTokens(admin, task);
    const { user_id } = await admin.call<{ user_id: string }>('GET', '/auth/me');
    const after = new Date(Date.now() + 1000).toISOString();
    const both = [waiting?.attempt_id, candidate.attempt_id];
    const query = (more: string) => list(`task_id=${task.task_id}&${more}`).then(idsOf);
    expect(await query('')).toEqual(both);
    // The stored attempts, and so the lists, follow the journal within a moment.
    await eventually(async () => expect(await query('status=in_progress')).toEqual([candidate.attempt_id]));
    expect(await query(`user_id=${candidate.user_id}`)).toEqual([candidate.attempt_id]);
    expect(await query(`issued_by=${user_id}`)).toEqual(both);
    expect(await query(`issued_by=${'f'.repeat(24)}`)).toEqual([]);
    expect(await query(`from=${before}&to=${after}`)).toEqual(both);
    expect(await query(`from=${after}`)).toEqual([]);
    expect(await query(`to=${before}`)).toEqual([]);
  });

  it('shows staff what GET /attempts/{id} shows, and no token', async () => {
    const task = await createTask(admin);
    const [issued] = await issueTokens(admin, task, { candidate_email: 'Guest@Example.com' });
    const { attempts } = await list(`task_id=${task.task_id}`);
    const one = await admin.call<Document>('GET', `/attempts/${issued?.attempt_id}`);
    expect(one).toMatchObject(attempts[0] ?? {});
    expect(attempts[0]).toMatchObject({ candidate_email: 'guest@example.com', status: 'pending' });
    expect(JSON.stringify(attempts)).not.toMatch(/hash/);
  });

  it('names every parameter that is wrong', async () => {
    const response = await admin.send('GET', '/attempts?task_id=x&status=y&cursor=z&limit=0&from=now&what=1');
    const { errors } = await problemOf(response);
    expect(errors?.map(({ path }) => path).toSorted()).toEqual([
      '',
      'cursor',
      'from',
      'limit',
      'status',
      'task_id',
    ]);
  });
});

/** 1 000 000 attempts would be no slower than these, because no more is read than is returned. */
describe('with 20 000 attempts', async () => {
  const { db } = await openTestDatabase();
  const client = new MongoClient(inject('mongodbUri'), { monitorCommands: true });
  atTheEnd(() => client.close());
  const stored = client.db(db.databaseName).collection<AttemptDocument>(taskAttempts.name);
  const attempts = new AttemptList(stored);
  const ids = (count: number) => Array.from({ length: count }, () => new ObjectId());
  const [tasks, issuers, users] = [ids(10), ids(5), ids(500)];
  const start = Date.UTC(2025, 0, 1);
  await stored.insertMany(Array.from({ length: 20_000 }, (_, n) => someAttempt(n)));

  function someAttempt(n: number): AttemptDocument {
    const status = ATTEMPT_STATUSES[n % 4] ?? 'pending';
    // Tokens are issued by the hundred, so a hundred attempts share one `created_at`.
    const created_at = new Date(start + Math.floor(n / 100) * 60_000);
    const redeemed_at = n % 3 === 0 || status === 'completed' ? created_at : null;
    return {
      _id: new ObjectId(),
      attempt_token_hash: String(n),
      // Unique indexes allow only one attempt per candidate and task, and per address and task.
      user_id: redeemed_at && (n < 5000 ? (users[n % 500] ?? null) : new ObjectId()),
      task_id: n < 5000 || n % 1000 === 0 ? new ObjectId() : (tasks[(n >> 2) % 10] ?? new ObjectId()),
      issued_by: issuers[Math.floor(n / 40) % 5] ?? new ObjectId(),
      candidate_email: n % 1000 === 0 ? 'guest@example.com' : null,
      status,
      redeemed_at,
      created_at,
      is_locked: false,
      machine_id: null,
      started_at: null,
      completed_at: null,
      final_selection: null,
      reasoning_text: null,
      revoked_at: null,
      expires_at: new Date(start + 1e9),
    };
  }

  /** What the database did for a page, as explained by the database for the command actually sent. */
  async function planOf(read: () => Promise<{ items: unknown[]; next_cursor: string | null }>) {
    const sent: Document[] = [];
    const listen = ({ commandName, command }: CommandStartedEvent) => {
      if (commandName === 'find') sent.push(command);
    };
    client.on('commandStarted', listen);
    const page = await read();
    client.off('commandStarted', listen);
    const plan = { page, stages: new Set<string>(), docsExamined: 0, keysExamined: 0, returned: 0 };
    for (const { lsid: _, $db: __, ...command } of sent) {
      const explained = await db.command({ explain: command, verbosity: 'executionStats' });
      const { totalDocsExamined, totalKeysExamined, nReturned } = explained['executionStats'];
      plan.docsExamined += totalDocsExamined;
      plan.keysExamined += totalKeysExamined;
      plan.returned += nReturned;
      const winning = JSON.stringify(explained['queryPlanner'].winningPlan);
      for (const stage of winning.match(/(?<="stage":")\w+/g) ?? []) plan.stages.add(stage);
    }
    return plan;
  }

  const task_id = tasks[3]?.toHexString();
  const issued_by = issuers[2]?.toHexString();
  const user_id = users[0]?.toHexString();
  const period = { from: new Date(start + 60 * 60_000), to: new Date(start + 150 * 60_000) };
  const combinations = [{}, { task_id }, { issued_by }, { task_id, issued_by }].flatMap(
    (filter): AttemptFilter[] => [
      filter,
      { ...filter, status: 'completed' },
      { ...filter, ...period },
      { ...filter, status: 'pending', ...period },
    ],
  );

  it.each([...combinations, { candidate_email: 'guest@example.com' }])(
    '%j is read from one index, page after page',
    async (filter) => {
      let cursor: string | undefined;
      for (let n = 0; n < 3; n++) {
        const place = cursor === undefined ? undefined : decoded(cursor);
        const plan = await planOf(() => attempts.page(filter, { cursor: place, limit: 20 }));
        expect(plan.stages).toContain('IXSCAN');
        for (const stage of ['COLLSCAN', 'SORT']) expect(plan.stages).not.toContain(stage);
        expect(plan.docsExamined).toBe(plan.returned);
        // Beyond the returned keys, only the ends of the merged ranges are read.
        expect(plan.keysExamined).toBeLessThanOrEqual(plan.returned + 8);
        expect(plan.page.items.length).toBeGreaterThan(0);
        if (plan.page.next_cursor === null) break;
        cursor = plan.page.next_cursor;
      }
    },
  );

  it('a candidate has few attempts, so anything else asked of them is looked at one by one', async () => {
    for (const filter of [{ user_id }, { user_id, status: 'completed' as const, ...period, issued_by }]) {
      const { stages, docsExamined } = await planOf(() => attempts.page(filter, { limit: 20 }));
      expect(stages).toContain('IXSCAN');
      for (const stage of ['COLLSCAN', 'SORT']) expect(stages).not.toContain(stage);
      expect(docsExamined).toBeLessThanOrEqual(10);
    }
  });

  it('whose access was renewed, whether a candidate has an attempt, and which tokens an address has, is read from indexes, too', async () => {
    const store = new AttemptStore(stored, { pendingChange: () => undefined });
    const { stages, docsExamined } = await planOf(async () => {
      await new AccessStore(stored).refresh();
      await store.findRedeemedAt({ user_id: String(users[0]) }, String(tasks[0]));
      await new TokenStore(stored).findOpen({
        candidate_email: 'guest@example.com',
        task_id: String(tasks[0]),
      });
      return { items: [], next_cursor: null };
    });
    expect(stages).toContain('IXSCAN');
    expect(stages).not.toContain('COLLSCAN');
    // The one address has twenty attempts.
    expect(docsExamined).toBeLessThanOrEqual(21);
  });

  it.each(TOKEN_STATES)('tokens that are %s come from an index in order, too', async (state) => {
    const { stages } = await planOf(() => listTokens(attempts, { state, issued_by }, { limit: 20 }));
    expect(stages).toContain('IXSCAN');
    for (const stage of ['COLLSCAN', 'SORT']) expect(stages).not.toContain(stage);
  });
});

function decoded(cursor: string): readonly [Date, ObjectId] {
  const [ms, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
  return [new Date(ms), new ObjectId(id as string)];
}
