import { describe, expect, it } from 'vitest';
import { MAX_BYTES, MAX_EVENTS } from '../../src/attempts/session/volume.ts';
import { bytesOf } from '../../src/events/event-size.ts';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { writeCompletion, writeEvents } from '../support/overfull.ts';
import { problemOf } from '../support/problem.ts';
import { abandons, completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/* Two servers on one database, because both must agree about what still fits. */
const shared = { ...sharedDatabase(), JWT_SECRET: 'two processes that trust each other know one secret' };
const one = await startTestServer(shared);
const two = await startTestServer(shared);
const task = await createTask(one.admin);

const MIB = 1024 * 1024;
const LARGE = 'x'.repeat(60 * 1024);
const FULL = { status: 409, code: 'attempt_full' };

async function started(): Promise<Candidate> {
  const candidate = await admitCandidate(one.admin, one.api, task);
  await candidate.does(starts(0), selects(0, 'A'));
  return candidate;
}

/** A view of an option with a lot of text besides. */
function largeView(candidate: Candidate, client_event_id: string) {
  const body = candidate.body(views(0, 'A', 1), { client_event_id });
  return { ...body, payload: { ...body.payload, text: LARGE } };
}

/** Posts views until one does not fit. @returns how many were accepted */
async function fillWithSingles(candidate: Candidate): Promise<number> {
  for (let n = 0; ; ) {
    const response = await candidate.api.send('POST', '/events', largeView(candidate, `single ${n}`));
    if (response.status === 201) n += 1;
    // With 503 it has lost too many races in a row.
    if (response.status === 201 || response.status === 503) continue;
    expect(await problemOf(response)).toMatchObject({
      ...FULL,
      detail: expect.stringContaining('complete or abandon the attempt'),
      state: { active: { decision: 'decided', reasoning: 'not_started' } },
      allowed_events: ['task_abandoned', 'task_completed'],
    });
    return n;
  }
}

async function fillWithBatches(candidate: Candidate): Promise<number> {
  for (let n = 0, accepted = 0; ; n += 1) {
    const events = Array.from({ length: 12 }, (_, index) => largeView(candidate, `batch ${n} ${index}`));
    const { results } = await candidate.api.call<{ results: { acknowledged: boolean; code?: string }[] }>(
      'POST',
      '/events/batch',
      { events },
    );
    accepted += results.filter(({ acknowledged }) => acknowledged).length;
    const refused = results.filter(({ acknowledged }) => !acknowledged);
    if (refused.length === 0 || refused[0]?.code === 'overloaded') continue;
    expect(refused[0]).toMatchObject(FULL);
    expect(refused.slice(1).every(({ code }) => code === 'not_tried')).toBe(true);
    return accepted;
  }
}

/** All items of a list, and the size of its largest page in bytes. */
async function readPages<T>(candidate: Candidate, list: 'events' | 'states'): Promise<[T[], number]> {
  const items: T[] = [];
  let largest = 0;
  for (let query = ''; ; ) {
    const path = `/attempts/${candidate.attempt_id}/${list}?limit=1000${query}`;
    const text = await (await one.admin.send('GET', path)).text();
    const page = JSON.parse(text) as { next_after: number | null } & Record<typeof list, T[]>;
    items.push(...page[list]);
    largest = Math.max(largest, Buffer.byteLength(text));
    if (page.next_after === null) return [items, largest];
    query = `&after=${page.next_after}`;
  }
}

const bytesOfAll = (events: readonly RecordedEvent[]) =>
  events.reduce((sum, event) => sum + bytesOf(event), 0);

describe('given an attempt that two servers fill at the same time', async () => {
  const here = await started();
  const there = here.at(two);
  const [singles, batched] = await Promise.all([fillWithSingles(here), fillWithBatches(there)]);

  it('then it has as much as fits, and not one event more', async () => {
    const log = await here.log();
    expect(log).toHaveLength(2 + singles + batched);
    const bytes = bytesOfAll(log);
    expect(bytes).toBeLessThanOrEqual(MAX_BYTES);
    expect(bytes).toBeGreaterThan(MAX_BYTES - LARGE.length - 1000);
  });

  it('then a repeat of a stored event is acknowledged as before, and another event with its id is not', async () => {
    const [, , , fourth] = await here.log();
    const { event_id, client_event_id = '' } = fourth as RecordedEvent;
    for (const candidate of [here, there]) {
      const repeat = largeView(candidate, client_event_id);
      expect(await candidate.api.call('POST', '/events', repeat)).toMatchObject({ event_id });
      const other = await candidate.post(views(0, 'B', 1), { client_event_id });
      expect((await problemOf(other)).code).toBe('event_id_reused');
    }
  });

  it('then its pages end at 1 MiB, whatever their limit is, and lead on to everything', async () => {
    const [events, largestOfEvents] = await readPages<RecordedEvent>(here, 'events');
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(
      Array.from({ length: 2 + singles + batched }, (_, n) => n + 1),
    );
    const [states, largestOfStates] = await readPages<{ sequence_number: number }>(here, 'states');
    expect(states.map(({ sequence_number }) => sequence_number)).toEqual([
      0,
      ...events.map(({ sequence_number }) => sequence_number),
    ]);
    for (const bytes of [largestOfEvents, largestOfStates]) {
      expect(bytes).toBeGreaterThan(MIB / 2);
      expect(bytes).toBeLessThan(MIB + 1000);
    }
  });

  it('when it is abandoned and completed, then it has results', async () => {
    await there.does(abandons(0));
    expect(await problemOf(await here.api.send('POST', '/events', largeView(here, 'no room')))).toMatchObject(
      {
        ...FULL,
        state: 'abandoned',
        allowed_events: ['task_completed'],
      },
    );
    await here.api.call('POST', `/attempts/${here.attempt_id}/complete`, {});
    expect(await here.results('metrics')).toMatchObject({ raw_event_count: 4 + singles + batched });
  });
});

it('given an attempt with as many events as it may have, then only what ends it is allowed', async () => {
  const candidate = await started();
  await writeEvents(one.services.database.db, candidate, { count: MAX_EVENTS - 3 });
  const elsewhere = candidate.at(two);
  await elsewhere.does(views(0, 'B', 1));
  expect(await elsewhere.get()).toMatchObject({
    sequence_number: MAX_EVENTS,
    allowed_events: ['task_abandoned', 'task_completed'],
  });
  for (const each of [candidate, elsewhere]) {
    expect(await problemOf(await each.post(views(0, 'A', 1)))).toMatchObject(FULL);
  }
  await candidate.does(abandons(0), completes(0, 'A'));
  expect(await candidate.results('metrics')).toMatchObject({ raw_event_count: MAX_EVENTS + 2 });
});

describe('given attempts of an early release, which had no bound', () => {
  it('when one is over it and open, then it can be read and completed', async () => {
    const candidate = await started();
    await writeEvents(one.services.database.db, candidate, { count: MAX_EVENTS + 500 });
    const elsewhere = candidate.at(two);
    expect(await problemOf(await elsewhere.post(views(0, 'A', 1)))).toMatchObject(FULL);
    await elsewhere.does(completes(0, 'A'));
    expect(await elsewhere.results('metrics')).toMatchObject({ raw_event_count: MAX_EVENTS + 503 });
  });

  it('when one is completed and too large for memory, then this is said instead of results', async () => {
    const candidate = await started();
    const count = Math.ceil((2.1 * MAX_BYTES) / LARGE.length);
    await writeEvents(one.services.database.db, candidate, { count, text: LARGE });
    await writeCompletion(one.services.database.db, candidate);
    for (const each of [candidate, candidate.at(two)]) {
      await eventually(async () => expect(await each.get()).toMatchObject({ state: 'failed' }));
      for (const results of ['metrics', 'skills']) {
        const answer = await each.api.send('GET', `/attempts/${each.attempt_id}/${results}`);
        expect(await problemOf(answer)).toMatchObject({ status: 409, code: 'attempt_too_large' });
      }
    }
    const [events] = await readPages<RecordedEvent>(candidate, 'events');
    expect(events).toHaveLength(count + 3);
  });
});
