import { ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { behaviorEvents } from '../../src/journal/collection.ts';
import { Chain } from '../../src/proof/chain.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { selects, starts, submitsReasoning, views } from '../support/recorded.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

/*
 * The chain of an attempt's events over HTTP and the live channel, with two servers on one database.
 */
const shared = { ...sharedDatabase(), JWT_SECRET: 'two processes that trust each other know one secret' };
const one = await startTestServer(shared);
const two = await startTestServer(shared);
const task = await createTask(one.admin);
const TEXT = 'Because the harbour master said so.';
const METADATA = { user_agent: 'Example/1.0', client_session_id: 'session-7' };

const newCandidate = () => admitCandidate(one.admin, one.api, task);
const stored = ({ services }: TestServer) => services.database.collection(behaviorEvents);
const documentsOf = ({ attempt_id }: Candidate) =>
  stored(one)
    .find({ attempt_id: new ObjectId(attempt_id) })
    .sort({ sequence_number: 1 })
    .toArray();

/** Follows the stored events of an attempt from its beginning. @throws UnreplayableJournal */
async function follow({ attempt_id }: Candidate): Promise<RecordedEvent[]> {
  const attempt = await one.services.attempts.find(attempt_id);
  if (!attempt?.chain) throw new Error('The attempt has no chain.');
  const chain = new Chain({ first: attempt.chain.first_digest, key: undefined });
  const events: RecordedEvent[] = [];
  for await (const event of one.services.journal.read(attempt_id)) {
    chain.follow(event);
    events.push(event);
  }
  return events;
}

describe('given a candidate who posts events', () => {
  it('then each acknowledgement, over HTTP and live, carries the digest that is recorded', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    const acks = await candidate.does(starts(0), views(0, 'A', 12.5), selects(0, 'A'));
    const digests = acks.map(({ digest }) => digest);
    expect(new Set(digests).size).toBe(3);
    for (const digest of digests) expect(digest).toMatch(/^[\w-]{43}$/);
    await eventually(() => expect(watcher.all('event_ack').map(({ digest }) => digest)).toEqual(digests));
    expect((await candidate.log()).map(({ digest }) => digest)).toEqual(digests);
    expect((await follow(candidate)).map(({ digest }) => digest)).toEqual(digests);
    // A watcher that comes later is told from the journal.
    const later = await watch(candidate.api, candidate.attempt_id, 0);
    await eventually(() => expect(later.all('event_ack').map(({ digest }) => digest)).toEqual(digests));
  });

  it('then what the candidate wrote and what the front end added is stored sealed, and shown as before', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    const reasoning = candidate.body(submitsReasoning(0, TEXT, 6), { metadata: METADATA });
    const payload = { ...reasoning.payload, typing_rhythm: [1.5, 2], $ref: 'x' };
    await candidate.api.call('POST', '/events', { ...reasoning, payload });
    const [, document] = await documentsOf(candidate);
    expect(document).toMatchObject({ payload: { word_count: 6 } });
    expect(Object.keys(document ?? {})).not.toContain('metadata');
    expect(JSON.stringify(document)).not.toContain('harbour');
    expect(document?.sealed?.length()).toBe(256 + 16);
    expect((await candidate.log())[1]).toMatchObject({ payload, metadata: METADATA });
    expect((await candidate.log())[1]).not.toHaveProperty('sealed');
  });

  it('then events that arrive at two servers at once make one chain', async () => {
    const candidate = await newCandidate();
    const elsewhere = candidate.at(two);
    await candidate.does(starts(0));
    await Promise.all(
      [candidate, elsewhere, candidate, elsewhere].map(async (at, n) => {
        for (let each = 0; each < 10; each += 1) await at.does(views(0, 'B', n));
      }),
    );
    expect(await follow(candidate)).toHaveLength(41);
  });

  it('then a repeated event is acknowledged with the digest of the first', async () => {
    const candidate = await newCandidate();
    const body = candidate.body(starts(0), { client_event_id: 'the first' });
    const first = await candidate.api.call('POST', '/events', body);
    expect(await candidate.at(two).api.call('POST', '/events', body)).toEqual(first);
  });
});

describe('given somebody who changes the database', () => {
  it.each<[string, object]>([
    ['a figure', { $set: { 'payload.duration_ms': 3 } }],
    ['a time', { $set: { timestamp_client: new Date(0) } }],
    ['a digest', { $unset: { digest: '' } }],
    ['what is sealed', { $unset: { sealed: '' } }],
  ])('when %s is changed, then the attempt is not replayed any more', async (_, update) => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    await candidate.api.call('POST', '/events', candidate.body(views(0, 'A', 2), { metadata: METADATA }));
    await candidate.does(selects(0, 'A'));
    const which = { attempt_id: new ObjectId(candidate.attempt_id), sequence_number: 2 };
    await stored(one).updateOne(which, update);
    const answer = await candidate.at(two).post(selects(0, 'B'));
    expect(await problemOf(answer)).toMatchObject({ status: 500, code: 'journal_unreplayable' });
  });
});
