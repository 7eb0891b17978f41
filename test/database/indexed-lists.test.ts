import { Collection, type FindCursor, ObjectId } from 'mongodb';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { createApp } from '../../src/app.ts';
import { type AttemptDocument, taskAttempts } from '../../src/attempts/stored/collection.ts';
import { type AuditLogDocument, auditLog } from '../../src/audit/collection.ts';
import { type TaskDocument, tasks } from '../../src/tasks/collections.ts';
import { TASK_CATEGORIES } from '../../src/tasks/task.ts';
import { startTestServer } from '../support/server.ts';

/*
 * Every list, with every combination of the filters that its route declares, is read from an index and in order: the
 * database looks at no more than it returns. Nothing is listed here by hand: the filters are those of the routes'
 * schemas, and what is explained is what the server sent.
 */

const { admin, services } = await startTestServer();
const { db } = services.database;
const LIMIT = 10;
/** Keys read beyond those returned: one at each end of the ranges that are merged. */
const RANGE_ENDS = 12;

/** As many versions has each task here; each person has fewer attempts. */
const FEW = 30;

const ids = (count: number) => Array.from({ length: count }, () => new ObjectId());
const [taskIds, issuers, actors] = [ids(2), ids(2), ids(3)];
const [person] = ids(1) as [ObjectId];
const start = Date.UTC(2025, 0, 1);
const minute = (n: number) => new Date(start + n * 60_000);
const ATTEMPTS = 24_000;
/** Each kind comes in one long block, so that whoever looks for one among the others reads thousands. */
const pick = <T>(values: readonly T[], n: number, blocks: number) =>
  values[Math.floor((n * blocks) / ATTEMPTS) % values.length] as T;

/** Attempts of all kinds: whether redeemed, revoked or unused, by status, task and issuer. */
const KINDS = [
  'open',
  'expired',
  'revoked',
  'pending',
  'in_progress',
  'completed',
  'redeemed_expired',
] as const;

function attempt(n: number): AttemptDocument {
  const kind = pick(KINDS, n, KINDS.length);
  const created_at = minute(Math.floor(n / 50));
  const isRedeemed = ['pending', 'in_progress', 'completed', 'redeemed_expired'].includes(kind);
  const status =
    kind === 'open' ? 'pending' : kind === 'revoked' || kind === 'redeemed_expired' ? 'expired' : kind;
  const isOfPerson = n % 6000 === 0;
  const attempt = {
    _id: new ObjectId(),
    attempt_token_hash: String(n),
    user_id: isRedeemed ? (isOfPerson ? person : new ObjectId()) : null,
    // The person's attempts are at tasks of their own: only one at each is possible.
    task_id: isOfPerson ? new ObjectId() : pick(taskIds, n, 4 * KINDS.length),
    issued_by: pick(issuers, n, 2 * KINDS.length),
    candidate_email: isOfPerson ? 'person@example.com' : null,
    status,
    is_locked: status === 'completed',
    machine_id: isRedeemed ? 'attempt-v1' : null,
    redeemed_at: isRedeemed ? created_at : null,
    started_at: null,
    completed_at: null,
    final_selection: null,
    reasoning_text: null,
    created_at,
    expires_at: new Date(kind === 'open' || kind === 'pending' ? Date.now() + 1e9 : start),
    revoked_at: kind === 'revoked' ? created_at : null,
  } satisfies AttemptDocument;
  return attempt;
}

function entry(n: number): AuditLogDocument {
  return {
    _id: new ObjectId(),
    actor_id: actors[Math.floor(n / 1000) % 2] ?? null,
    action: ['skills_read', 'tokens_issued'][Math.floor(n / 500) % 2] ?? '',
    target_type: 'attempt',
    target_id: ['one', 'two'][Math.floor(n / 250) % 2] ?? '',
    details: {},
    created_at: minute(n),
  };
}

function task(n: number): TaskDocument {
  return {
    _id: new ObjectId(),
    task_code: `code-${n % 40}`,
    version: 2 + Math.floor(n / 40),
    title: 't',
    description: 'd',
    scenario: 's',
    category: TASK_CATEGORIES[Math.floor(n / 100) % 3] ?? 'prioritization',
    time_limit_seconds: null,
    option_ids: [],
    requires_reasoning: false,
    is_active: n % 400 < 200,
    created_at: minute(0),
    updated_at: minute(0),
  };
}

const times = <T>(count: number, of: (n: number) => T) => Array.from({ length: count }, (_, n) => of(n));
await db.collection(taskAttempts.name).insertMany(times(ATTEMPTS, attempt));
await db.collection(auditLog.name).insertMany(times(4000, entry));
await db.collection(tasks.name).insertMany(times(1200, task));

/** Values for the filters that are no choice among a few; undefined stands for a list without the filter. */
const SAMPLES: Record<string, string> = {
  task_id: String(taskIds[1]),
  issued_by: String(issuers[1]),
  user_id: String(person),
  candidate_email: 'person@example.com',
  actor_id: String(actors[1]),
  action: 'skills_read',
  target_id: 'one',
  task_code: 'code-7',
  from: minute(2).toISOString(),
  to: minute(ATTEMPTS).toISOString(),
};

/** The routes that answer a list in pages, with their declared filters. */
const app = createApp(services);
app.live.close();
const lists = app.routers
  .flatMap(({ operations }) => operations)
  .flatMap(({ method, path, query }) => {
    if (method !== 'get' || !query || !('cursor' in query.shape)) return [];
    const { cursor: _, limit: __, ...filters } = query.shape;
    return [{ path, filters: filters as Record<string, z.ZodType> }];
  });

/** What a filter may ask for; the first is to leave it out. */
function valuesOf(name: string, filter: z.ZodType): (string | undefined)[] {
  const json = z.toJSONSchema(filter, { io: 'input', unrepresentable: 'any' });
  const values = json.enum?.map(String) ?? [SAMPLES[name]];
  if (values.includes(undefined as never)) throw new Error(`Add a sample for the filter "${name}".`);
  return [undefined, ...values] as (string | undefined)[];
}

function combinationsOf(filters: Record<string, z.ZodType>): string[] {
  let combinations: string[][] = [[]];
  for (const [name, filter] of Object.entries(filters)) {
    const values = valuesOf(name, filter);
    combinations = combinations.flatMap((chosen) =>
      values.map((value) =>
        value === undefined ? chosen : [...chosen, `${name}=${encodeURIComponent(value)}`],
      ),
    );
  }
  // A period with one end is read as one with both, so only those are tried.
  const ends = (chosen: string[]) => chosen.filter((one) => /^(from|to)=/.test(one)).length;
  return combinations.filter((chosen) => ends(chosen) !== 1).map((chosen) => chosen.join('&'));
}

const LISTED: readonly string[] = [taskAttempts.name, auditLog.name, tasks.name];
const find = vi.spyOn(Collection.prototype, 'find');

/** The finds that the server sent since the last call, ready to be sent again. */
function sentFinds(): FindCursor[] {
  const cursors = find.mock.results.map(({ value }) => value as FindCursor);
  find.mockClear();
  return cursors
    .filter(({ namespace }) => LISTED.includes(namespace.collection ?? ''))
    .map((sent) => sent.clone());
}

describe('every list', () => {
  it('is known here', () => {
    expect(lists.map(({ path }) => path).toSorted()).toEqual(
      expect.arrayContaining(['/api/v1/attempts', '/api/v1/audit', '/api/v1/tasks', '/api/v1/tokens']),
    );
  });

  it.each(lists)('$path: each combination of filters is read from an index', async ({ path, filters }) => {
    sentFinds();
    for (const query of combinationsOf(filters)) {
      let cursor = '';
      for (const _page of [1, 2]) {
        const answer = await admin.call<{ next_cursor: string | null }>(
          'GET',
          `${path.replace('/api/v1', '')}?limit=${LIMIT}&${query}${cursor}`,
        );
        if (answer.next_cursor === null) break;
        cursor = `&cursor=${answer.next_cursor}`;
      }
      const finds = sentFinds();
      expect(finds.length, query).toBeGreaterThan(0);
      for (const sent of finds) {
        const explained = await sent.explain('executionStats');
        // The background jobs read only ids.
        if (explained['command'].projection) continue;
        const { totalDocsExamined, totalKeysExamined, nReturned } = explained['executionStats'];
        const plan = JSON.stringify(explained['queryPlanner'].winningPlan);
        const what = `${query}: ${plan}`;
        expect(plan, what).not.toMatch(/"stage":"(COLLSCAN|SORT)"/);
        // One person has few attempts and one task few versions: other filters on them are checked one by one.
        const most = /user_id=|candidate_email=|task_code=/.test(query) ? FEW : nReturned;
        expect(totalDocsExamined, what).toBeLessThanOrEqual(most);
        expect(totalKeysExamined, what).toBeLessThanOrEqual(most + RANGE_ENDS);
      }
    }
  });
});
