import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '../../src/events/recorded-event.ts';
import { JournalTooLarge } from '../../src/journal/completed-reader.ts';
import type { AppendResult, Journal } from '../../src/journal/journal.ts';
import { openTestDatabase } from '../support/database.ts';
import { journalOf } from '../support/journal.ts';
import { recorded, starts, taskWith, views } from '../support/recorded.ts';

const database = await openTestDatabase();
const journal = journalOf(database);

/** Events of an attempt, all in one list. */
async function read(...[attempt_id, page]: Parameters<Journal['read']>): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const event of journal.read(attempt_id, page)) events.push(event);
  return events;
}

const newId = () => randomBytes(12).toString('hex');
const task = taskWith({ A: 'low', B: 'high' });

/** Events 1 to `count` of a new attempt, to be recorded. */
function anAttempt(count: number): RecordedEvent[] {
  const attempt_id = newId();
  const steps = [starts(0), ...Array.from({ length: count - 1 }, (_, n) => views(n, 'A', n))];
  return recorded(task, steps).map((event) => ({ ...event, attempt_id, event_id: newId() }));
}

const appendAll = (events: readonly RecordedEvent[]) =>
  Promise.all(events.map((event) => journal.append(event)));
const stored: AppendResult = { outcome: 'stored' };
const taken: AppendResult = { outcome: 'sequence_taken' };

describe('appending', () => {
  it('keeps events exactly as they were recorded', async () => {
    const [event] = anAttempt(1);
    if (!event) throw new Error('no event');
    const full = {
      ...event,
      client_event_id: 'first',
      batched: true,
      payload: { 'a.b': [1, null, { $x: 'ä\0' }], depth: 1.5 },
      metadata: { user_agent: 'test', nested: { list: [[]] } },
    } as RecordedEvent;
    expect(await journal.append(full)).toEqual(stored);
    expect(await read(full.attempt_id)).toEqual([full]);
  });

  it('refuses a number that is taken and stores nothing', async () => {
    const [first, second] = anAttempt(2);
    if (!first || !second) throw new Error('no events');
    await journal.append(first);
    expect(await journal.append({ ...second, sequence_number: 1 })).toEqual(taken);
    expect(await journal.append({ ...first, event_id: newId() })).toEqual(taken);
    expect(await read(first.attempt_id)).toEqual([first]);
  });

  it('answers a repeated client_event_id with the first event, whatever the number', async () => {
    const [first, second, third] = anAttempt(3);
    if (!first || !second || !third) throw new Error('no events');
    const named = { ...first, client_event_id: 'x' };
    await journal.append(named);
    for (const sequence_number of [1, 2]) {
      const repeat = { ...second, client_event_id: 'x', sequence_number };
      expect(await journal.append(repeat)).toEqual({ outcome: 'repeated', first: named });
    }
    expect(await read(first.attempt_id)).toEqual([named]);
    expect(await journal.append({ ...third, sequence_number: 2, client_event_id: 'y' })).toEqual(stored);
  });

  it('lets two attempts use one client_event_id, and many events go without', async () => {
    for (const event of [...anAttempt(1), ...anAttempt(1)]) {
      expect(await journal.append({ ...event, client_event_id: 'same' })).toEqual(stored);
    }
    expect(await appendAll(anAttempt(3))).toEqual([stored, stored, stored]);
  });

  it('passes on what the collection refuses for another reason, and only to the one concerned', async () => {
    const good = anAttempt(5);
    const wrong = anAttempt(5).map((event) => ({ ...event, sequence_number: 0 }));
    const settled = await Promise.allSettled(
      good.flatMap((event, n) => [event, wrong[n] ?? event]).map((event) => journal.append(event)),
    );
    expect(settled.map(({ status }) => status)).toEqual(Array(5).fill(['fulfilled', 'rejected']).flat());
    expect(await read(good[0]?.attempt_id ?? '')).toEqual(good);
    expect(await read(wrong[0]?.attempt_id ?? '')).toEqual([]);
  });
});

describe('reading', () => {
  it('gives the events in the order of their numbers, whatever the order of their arrival, in pages', async () => {
    const events = anAttempt(12);
    const { attempt_id = '' } = events[0] ?? {};
    await appendAll([...events].reverse());
    expect(await read(attempt_id)).toEqual(events);
    expect(await read(attempt_id, { after: 7 })).toEqual(events.slice(7));
    expect(await read(attempt_id, { after: 3, limit: 4 })).toEqual(events.slice(3, 7));
    expect(await read(attempt_id, { after: 12 })).toEqual([]);
    expect(await read(newId())).toEqual([]);
  });

  it('finds which attempts have an event of a type', async () => {
    const [one, two] = [anAttempt(2), anAttempt(1)];
    await appendAll([...one, ...two]);
    const ids = [one[0]?.attempt_id ?? '', two[0]?.attempt_id ?? '', newId()];
    expect((await journal.attemptsWith('task_started', ids)).toSorted()).toEqual(ids.slice(0, 2).toSorted());
    expect(await journal.attemptsWith('option_viewed', ids)).toEqual(ids.slice(0, 1));
    expect(await journal.attemptsWith('task_completed', ids)).toEqual([]);
  });
});

describe('reading many events', () => {
  const withText = (events: readonly RecordedEvent[], kib: number) => {
    const text = 'x'.repeat(kib * 1024);
    return events.map(
      (event): RecordedEvent => ({
        ...event,
        event_type: 'reasoning_submitted',
        payload: { text, word_count: 1 },
      }),
    );
  };
  /** Another process's view of the journal, which remembers nothing. */
  const elsewhere = journalOf(database);

  it('gives each its own attempt, whatever their sizes and however many ask at once', async () => {
    const attempts = [
      ...Array.from({ length: 5 }, () => anAttempt(20)),
      withText(anAttempt(100), 30),
      ...Array.from({ length: 5 }, () => anAttempt(20)),
    ];
    await Promise.all(attempts.map(appendAll));
    const read = await Promise.all(
      attempts.map(([event]) => elsewhere.withCompleted(event?.attempt_id ?? '', (events) => events)),
    );
    expect(read).toEqual(attempts);
  });

  it('leaves out what front ends added, however much that is', async () => {
    const events = anAttempt(300);
    const added = { list: Array.from({ length: 1000 }, () => ({})) };
    const observed = events.map(
      (event) => ({ ...event, payload: { ...event.payload, text: added }, metadata: added }) as RecordedEvent,
    );
    await appendAll(observed);
    const { attempt_id = '' } = events[0] ?? {};
    expect(await elsewhere.withCompleted(attempt_id, (read) => read)).toEqual(events);
  });

  it('refuses to read an attempt into memory that is larger than any may be', async () => {
    const events = withText(anAttempt(300), 60);
    await appendAll(events);
    const { attempt_id = '' } = events[0] ?? {};
    await expect(elsewhere.withCompleted(attempt_id, ({ length }) => length)).rejects.toThrow(
      JournalTooLarge,
    );
    expect(await elsewhere.readHeads(attempt_id, { after: 298, limit: 10 })).toEqual(
      events.slice(298).map(({ payload: _, metadata: __, ...head }) => head),
    );
  });

  it('leaves time for others, and may be given up at any time', async () => {
    const events = anAttempt(3000);
    await appendAll(events);
    const { attempt_id = '' } = events[0] ?? {};
    let turns = 0;
    const counting = setInterval(() => {
      turns += 1;
    });
    for await (const { sequence_number } of journal.read(attempt_id)) {
      const until = performance.now() + 0.1;
      while (performance.now() < until);
      if (sequence_number === 2500) break;
    }
    clearInterval(counting);
    expect(turns).toBeGreaterThan(20);
  });
});

describe('500 appends at once', () => {
  it('of 50 attempts are all stored', async () => {
    const attempts = Array.from({ length: 50 }, () => anAttempt(10));
    // Interleaved, as they come from many candidates: the first event of each, the second of each …
    const interleaved = Array.from({ length: 10 }, (_, n) =>
      attempts.flatMap((events) => events[n] ?? []),
    ).flat();
    expect(interleaved).toHaveLength(500);
    expect(await appendAll(interleaved)).toEqual(Array(500).fill(stored));
    for (const events of attempts) expect(await read(events[0]?.attempt_id ?? '')).toEqual(events);
  });

  it('with duplicates between them get each their own verdict', async () => {
    const attempts = Array.from({ length: 50 }, () =>
      anAttempt(10).map((event) => ({ ...event, client_event_id: `e${event.sequence_number}` })),
    );
    for (const [event] of attempts) if (event) await journal.append(event);

    const appends = attempts.flatMap((events, n) =>
      events.map((event): [RecordedEvent, AppendResult['outcome']] => {
        const fresh = { ...event, event_id: newId() };
        if (event.sequence_number === 1)
          return n % 2 === 0
            ? [fresh, 'repeated']
            : [{ ...fresh, client_event_id: 'other' }, 'sequence_taken'];
        return [event, 'stored'];
      }),
    );
    const results = await appendAll(appends.map(([event]) => event));
    expect(results.map(({ outcome }) => outcome)).toEqual(appends.map(([, outcome]) => outcome));
    for (const [n, events] of attempts.entries()) {
      expect(await read(events[0]?.attempt_id ?? '')).toEqual(events);
      if (n % 2 === 0) expect(results[n * 10]).toEqual({ outcome: 'repeated', first: events[0] });
    }
  });

  it('of which always two want the same number let one of the two have it', async () => {
    const one = Array.from({ length: 25 }, () => anAttempt(10));
    const rivals = one.map((events) => events.map((event) => ({ ...event, event_id: newId() })));
    const [first, second] = await Promise.all([appendAll(one.flat()), appendAll(rivals.flat())]);
    for (const [n, { outcome }] of first.entries()) {
      expect([outcome, second[n]?.outcome].toSorted()).toEqual(['sequence_taken', 'stored']);
    }
    for (const [attempt, events] of one.entries()) {
      const written = events.map((event, n) =>
        first[attempt * 10 + n]?.outcome === 'stored' ? event : rivals[attempt]?.[n],
      );
      expect(await read(events[0]?.attempt_id ?? '')).toEqual(written);
    }
  });

  it('are on disk when the journal has drained, whether or not somebody waited for them', async () => {
    const events = anAttempt(300);
    const appends = appendAll(events);
    await journal.drain();
    expect(await read(events[0]?.attempt_id ?? '')).toHaveLength(300);
    await appends;
  });
});
