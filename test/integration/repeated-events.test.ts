import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { type Ack, admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

it('an event that is repeated gets its first acknowledgement again and is stored once', async () => {
  const candidate = await newCandidate();
  const body = candidate.body(starts(0), { client_event_id: 'start' });
  const first = await candidate.api.call<Ack>('POST', '/events', body);
  const views3 = await candidate.does(views(0, 'A', 1), views(0, 'A', 1), views(0, 'A', 1));
  const response = await candidate.api.send('POST', '/events', body);
  expect(response.status).toBe(201);
  expect(await response.json()).toEqual(first);
  expect((await candidate.log()).map(({ event_id }) => event_id)).toEqual(
    [first, ...views3].map(({ event_id }) => event_id),
  );
  expect((await candidate.does(views(0, 'A', 1)))[0]?.sequence_number).toBe(5);
});

it('twenty repeats at once get one acknowledgement', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  const body = candidate.body(views(0, 'A', 1), { client_event_id: 'twenty times' });
  const acks = await Promise.all(
    Array.from({ length: 20 }, () => candidate.api.call<Ack>('POST', '/events', body)),
  );
  expect(new Set(acks.map((ack) => JSON.stringify(ack))).size).toBe(1);
  expect(acks[0]?.sequence_number).toBe(2);
  expect(await candidate.log()).toHaveLength(2);
});

it('twenty repeats of the first event, and of the last, are one event too', async () => {
  const candidate = await newCandidate();
  const atOnce = async (step: typeof start, client_event_id: string) => {
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => candidate.post(step, { client_event_id })),
    );
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    const acks = await Promise.all(responses.map((response) => response.text()));
    expect(new Set(acks).size).toBe(1);
  };
  const start = starts(0);
  await atOnce(start, 'start');
  await candidate.does(selects(0, 'A'));
  await atOnce(completes(0, 'A'), 'end');
  expect(await candidate.log()).toHaveLength(3);
});

it('a repeat after the completion is acknowledged as it was, before and after the results are there', async () => {
  const candidate = await newCandidate();
  const steps = [starts(0), views(0, 'B', 5), selects(0, 'A'), completes(0, 'A')];
  const bodies = steps.map((step, n) => candidate.body(step, { client_event_id: `e${n}` }));
  const first: Ack[] = [];
  for (const body of bodies) first.push(await candidate.api.call<Ack>('POST', '/events', body));
  const repeated = () => Promise.all(bodies.map((body) => candidate.api.call<Ack>('POST', '/events', body)));
  expect(await repeated()).toEqual(first);
  await candidate.results('skills');
  expect(await repeated()).toEqual(first);
  expect(await candidate.log()).toHaveLength(4);
  const fresh = await candidate.post(views(0, 'B', 5), { client_event_id: 'new' });
  expect((await problemOf(fresh)).code).toBe('attempt_locked');
});

it('an id that another attempt uses is no repeat', async () => {
  const [one, two] = [await newCandidate(), await newCandidate()];
  for (const candidate of [one, two]) {
    expect((await candidate.post(starts(0), { client_event_id: 'start' })).status).toBe(201);
    expect(await candidate.log()).toHaveLength(1);
  }
});

it('a refused event may be sent again under its id once it is allowed', async () => {
  const candidate = await newCandidate();
  expect((await candidate.post(selects(0, 'A'), { client_event_id: 'early' })).status).toBe(409);
  await candidate.does(starts(0));
  const ack = (await (await candidate.post(selects(0, 'A'), { client_event_id: 'early' })).json()) as Ack;
  expect(ack.sequence_number).toBe(2);
});

it('a repeat does not bring an attempt out of its break', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  await candidate.post(views(0, 'A', 1), { client_event_id: 'view' });
  await candidate.does({ event_type: 'task_abandoned', payload: {} });
  expect((await candidate.post(views(0, 'A', 1), { client_event_id: 'view' })).status).toBe(201);
  expect(await candidate.get()).toMatchObject({ state: 'abandoned', sequence_number: 3 });
});

describe('an id that is used again for a different event', () => {
  const id = { client_event_id: 'used' };

  it.each([
    ['another payload', views(0, 'A', 2)],
    ['another option', views(0, 'B', 1)],
    ['another type', selects(0, 'A')],
    ['a type that the state refuses', starts(0)],
  ])('with %s is refused, and nothing is stored', async (_, different) => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    await candidate.post(views(0, 'A', 1), id);
    const problem = await problemOf(await candidate.post(different, id));
    expect(problem).toMatchObject({
      status: 409,
      code: 'event_id_reused',
      detail: expect.stringContaining('number 2, option_viewed'),
      allowed_events: expect.arrayContaining(['option_selected']),
    });
    expect(await candidate.log()).toHaveLength(2);
  });

  it('is refused within a batch too, and after the completion', async () => {
    const candidate = await newCandidate();
    const events = [
      candidate.body(starts(0)),
      candidate.body(views(0, 'A', 1), id),
      candidate.body(views(0, 'A', 1), id),
      candidate.body(views(0, 'A', 3), id),
    ];
    const { results } = await candidate.api.call<{ results: object[] }>('POST', '/events/batch', { events });
    expect(results).toMatchObject([
      { sequence_number: 1 },
      { sequence_number: 2 },
      { sequence_number: 2 },
      { status: 409, code: 'event_id_reused' },
    ]);
    await candidate.does(selects(0, 'A'), completes(0, 'A'));
    const problem = await problemOf(await candidate.post(completes(0, 'A'), id));
    expect(problem).toMatchObject({ code: 'event_id_reused', allowed_events: [] });
  });

  it('is a repeat if only time, metadata or the order of keys differ', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    const first = candidate.body(views(0, 'A', 1.5), id);
    const ack = await candidate.api.call('POST', '/events', first);
    const payload = Object.fromEntries(Object.entries(first.payload).reverse());
    const again = { ...first, payload, metadata: { tries: 2 }, timestamp_client: '2026-01-01T00:00:00+01' };
    expect(await candidate.api.call('POST', '/events', again)).toEqual(ack);
  });
});
