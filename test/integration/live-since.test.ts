import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { LiveMessage } from '../../src/tools/api-client.ts';
import { hireRecruiter } from '../support/accounts.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { type LiveWatcher, listen, watch } from '../support/live-watcher.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const recruiter = await hireRecruiter(admin);
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

const from = (first: number, last: number) =>
  Array.from({ length: Math.max(0, last - first + 1) }, (_, n) => first + n);

/** Sequence numbers of the states received, which must never go back. */
const states = (watcher: LiveWatcher) =>
  watcher.all('attempt_state').map(({ sequence_number }) => Number(sequence_number));

describe('with since=N', () => {
  it('come the events after N, then the state, then what happens', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0), views(0, 'A', 1), selects(0, 'A'), views(0, 'B', 1));
    const watcher = await watch(candidate.api, candidate.attempt_id, 2);
    await candidate.does(views(0, 'C', 1));
    await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === 5);
    expect(
      watcher.heard.map(({ type, data }) => [type, data['sequence_number'], data['event_type']]),
    ).toEqual([
      ['event_ack', 3, 'option_selected'],
      ['event_ack', 4, 'option_viewed'],
      ['attempt_state', 4, undefined],
      ['event_ack', 5, 'option_viewed'],
      ['attempt_state', 5, undefined],
    ]);
  });

  it('of a completed attempt come its events, how it ended, and that the results are there', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    await candidate.results('skills');
    const watcher = await watch(recruiter, candidate.attempt_id, 0);
    await watcher.hears('metrics_ready');
    expect(watcher.acknowledged).toEqual([1, 2, 3]);
    expect(watcher.all('attempt_status')).toMatchObject([{ status: 'in_progress' }, { status: 'completed' }]);
  });

  it.each([
    [0, [1, 2, 3]],
    [3, []],
    [99, []],
  ])('N = %i of three events', async (since, replayed) => {
    const candidate = await newCandidate();
    await candidate.does(starts(0), selects(0, 'A'), views(0, 'A', 1));
    const watcher = await watch(candidate.api, candidate.attempt_id, since);
    expect(watcher.acknowledged).toEqual(replayed);
    await candidate.does(views(0, 'A', 1));
    await watcher.hears('event_ack', ({ sequence_number }) => sequence_number === 4);
    expect(watcher.acknowledged).toEqual([...replayed, 4]);
  });

  it('a watcher that comes back hears what it has missed, and nothing twice', async () => {
    const candidate = await newCandidate();
    const first = await watch(candidate.api, candidate.attempt_id);
    await candidate.does(starts(0), views(0, 'A', 1));
    await first.hears('event_ack', ({ sequence_number }) => sequence_number === 2);
    await first.close();
    await candidate.does(selects(0, 'A'), views(0, 'A', 1));
    const again = await watch(candidate.api, candidate.attempt_id, first.acknowledged.length);
    await candidate.does(completes(0, 'A'));
    await again.hears('metrics_ready');
    expect([...first.acknowledged, ...again.acknowledged]).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('while events are posted', () => {
  const EVENTS = 100;

  /** Posts the events after the start, several at once as an impatient front end does. */
  async function isBusy(candidate: Candidate): Promise<void> {
    for (let posted = 1; posted < EVENTS; posted += 3) {
      const atOnce = Math.min(3, EVENTS - posted);
      await Promise.all(Array.from({ length: atOnce }, () => candidate.does(views(0, 'A', 1))));
    }
  }

  it('every watcher hears every event once and in order, from wherever and whenever it begins', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    let posting = true;
    const posted = isBusy(candidate).finally(() => {
      posting = false;
    });
    const watchers: { since: number; watcher: LiveWatcher }[] = [];
    for (let n = 0; posting && n < 60; n += 1) {
      const since = [0, 1, n, 2 * n][n % 4] ?? 0;
      const watcher = listen(candidate.api.watch(candidate.attempt_id, since));
      watchers.push({ since, watcher });
      // An arbitrary moment, but never a fixed one: as many turns of the loop as there are watchers.
      for (let turn = 0; turn < (n % 7) * 3; turn += 1) await setImmediate();
      if (n % 5 === 0) await watcher.hears('attempt_state');
    }
    await posted;
    expect(watchers.length).toBeGreaterThan(10);
    for (const { since, watcher } of watchers) {
      await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === EVENTS);
      await watcher.isUpToDate();
      // A watcher that asked for a later number than existed starts at the last one.
      const first = Number(watcher.acknowledged[0] ?? EVENTS + 1);
      expect(first).toBeLessThanOrEqual(since + 1);
      if (since === 0) expect(first).toBe(1);
      expect(watcher.acknowledged).toEqual(from(first, EVENTS));
      expect(states(watcher)).toEqual(states(watcher).toSorted((a, b) => a - b));
    }
  });

  it('after the acknowledgement of an event comes the state after it, whenever one has connected', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    for (let round = 0; round < 15; round += 1) {
      const watcher = listen(candidate.api.watch(candidate.attempt_id, 0));
      const posting = candidate.does(views(0, 'A', 1), views(0, 'A', 1));
      const last = (await posting).at(-1)?.sequence_number;
      await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === last);
    }
  });

  it('nothing is told before it can be read', async () => {
    const candidate = await newCandidate();
    const looks: Promise<[number, boolean]>[] = [];
    const look = async (data: LiveMessage['data']): Promise<[number, boolean]> => {
      const number = Number(data['sequence_number']);
      const { events } = await recruiter.call<{ events: { event_id: string }[] }>(
        'GET',
        `/attempts/${candidate.attempt_id}/events?after=${number - 1}&limit=1`,
      );
      return [number, events[0]?.event_id === data['event_id']];
    };
    const watcher = await watch(recruiter, candidate.attempt_id, 0, ({ type, data }) => {
      if (type === 'event_ack') looks.push(look(data));
    });
    await candidate.does(starts(0), selects(0, 'A'));
    for (let n = 0; n < 5; n += 1) {
      await Promise.all(Array.from({ length: 5 }, () => candidate.does(views(0, 'A', 1))));
    }
    await candidate.does(completes(0, 'A'));
    await watcher.hears('metrics_ready');
    expect(await Promise.all(looks)).toEqual(from(1, 28).map((number) => [number, true]));
  });

  it.each([
    ['without since', undefined],
    ['with since=0', 0],
    ['with a since that is too large', 99],
  ])('what is posted as soon as the socket is open is acknowledged on it, %s', async (_, since) => {
    const heard = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const candidate = await newCandidate();
        const socket = candidate.api.watch(candidate.attempt_id, since);
        const posted = new Promise((resolve, reject) => {
          socket.on('open', () => candidate.does(starts(0)).then(resolve, reject));
        });
        const watcher = listen(socket);
        await posted;
        await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === 1);
        return [watcher.heard[0]?.type, watcher.acknowledged];
      }),
    );
    const first =
      since === undefined ? 'attempt_state' : expect.stringMatching(/^(attempt_state|event_ack)$/);
    expect(heard).toEqual(Array.from({ length: 40 }, () => [first, [1]]));
  });
});
