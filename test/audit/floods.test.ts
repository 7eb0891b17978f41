import { MongoNetworkError, ObjectId } from 'mongodb';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { Audit } from '../../src/audit/audit.ts';
import { AuditLogStore } from '../../src/audit/audit-log-store.ts';
import { audited } from '../../src/audit/audited.ts';
import { auditLog } from '../../src/audit/collection.ts';
import type { Context } from '../../src/http/context.ts';
import { openTestDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';

const entries = (await openTestDatabase()).collection(auditLog);
const silent = pino({ level: 'silent' });
const anId = () => new ObjectId().toHexString();
const refusal = (action: string, actor_id: string, target_id = anId()) => ({
  actor_id,
  action,
  target_type: 'attempt',
  target_id,
});
const stored = (action: string) => entries.find({ action }).sort({ _id: 1 }).toArray();

describe('a flood', () => {
  it('of refusals of one stranger makes two entries a minute, and loses none of the number', async () => {
    const audit = new Audit(new AuditLogStore(entries), silent);
    const stranger = anId();
    for (let n = 0; n < 10_000; n++) audit.countRefusal(refusal('one_stranger', stranger));
    await audit.writeDue(true);
    const [first, more, ...others] = await stored('one_stranger');
    expect(others).toEqual([]);
    expect(first?.details).toEqual({});
    expect(more?.details).toMatchObject({ count: 9999 });
    expect(more?.details['target_ids']).toHaveLength(20);
  });

  it('of strangers is counted together beyond 500 of them', async () => {
    const audit = new Audit(new AuditLogStore(entries), silent);
    for (let n = 0; n < 5000; n++) audit.countRefusal(refusal('strangers', anId()));
    await audit.writeDue(true);
    const all = await stored('strangers');
    const others = all.filter(({ target_id }) => target_id === 'others');
    expect(all).toHaveLength(502);
    expect(others.map(({ details }) => details['count'])).toEqual([undefined, 4499]);
  });

  it('of readings keeps an entry for each record, so that nobody hides a reading behind others', async () => {
    const audit = new Audit(new AuditLogStore(entries), silent);
    const reader = anId();
    for (let n = 0; n < 300; n++) audit.countReading(refusal('readings', reader));
    await audit.writeDue(true);
    expect(await stored('readings')).toHaveLength(300);
  });
});

describe('an entry that cannot be written', () => {
  /** A store whose database is away, or answers that it is although it has stored the entry. */
  class AwayStore extends AuditLogStore {
    isAway = true;
    loses = false;
    override async record(...entry: Parameters<AuditLogStore['record']>): Promise<void> {
      if (!this.isAway || this.loses) await super.record(...entry);
      if (this.isAway) throw new MongoNetworkError('away');
    }
  }

  it.each([
    ['is logged at once and written when the database is back, with its own time', false],
    ['is written once, if only the answer was lost', true],
  ])('%s', async (action, loses) => {
    const lines: string[] = [];
    const log = pino({ level: 'error' }, { write: (line: string) => void lines.push(line) });
    const store = new AwayStore(entries);
    store.loses = loses;
    const audit = new Audit(store, log);
    const before = new Date();
    const target_id = anId();
    await audit.record({ actor_id: null, action, target_type: 'user', target_id });
    const after = new Date();
    expect(lines.join()).toContain(target_id);
    await expect(audit.writeDue()).rejects.toThrow('away');
    store.isAway = false;
    await audit.writeDue();
    await audit.writeDue();
    const [entry, ...more] = await stored(action);
    expect(more).toEqual([]);
    expect(entry?.created_at.getTime()).toBeGreaterThanOrEqual(before.getTime());
    expect(entry?.created_at.getTime()).toBeLessThanOrEqual(after.getTime());
  });
});

it('an act whose outcome is unknown is recorded as such', async () => {
  const audit = new Audit(new AuditLogStore(entries), silent);
  const user_id = anId();
  const caller = { kind: 'account', user_id: anId(), role: 'admin' };
  const ctx = { method: 'POST', params: { user_id }, state: { caller } } as unknown as Context;
  const step = audited(audit, 'outcome_unknown', 'user');
  const lost = () => Promise.reject(new MongoNetworkError('lost'));
  await expect(step(ctx, lost)).rejects.toThrow('lost');
  await eventually(async () =>
    expect(await stored('outcome_unknown')).toMatchObject([
      { actor_id: new ObjectId(caller.user_id), target_id: user_id, details: { outcome: 'unknown' } },
    ]),
  );
});
