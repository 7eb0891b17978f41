import { describe, expect, it } from 'vitest';
import type { BehaviorEvent } from '../../src/events/event-table.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, url } = await startTestServer();
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

/** Posts JSON as it is, so that a test decides how it is escaped. */
const postText = (candidate: Candidate, path: string, body: string) =>
  fetch(`${url}/api/v1${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${candidate.token}`, 'content-type': 'application/json' },
    body,
  });

const escaped = (json: string) =>
  json.replaceAll(/[^\x20-\x7e]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

const reasoning = (text: string): BehaviorEvent => ({
  event_type: 'reasoning_submitted',
  payload: { text, word_count: 1 },
});

describe.each([
  ['emoji', '😀'],
  ['Chinese characters', '決'],
  ['letters', 'a'],
])('a reasoning of 5 000 %s', (_, character) => {
  it.each([
    ['as it is', (json: string) => json],
    ['escaped', escaped],
  ])('is accepted alone and in a batch, %s', async (__, write) => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    const event = candidate.body(reasoning(character.repeat(5000)));
    expect((await postText(candidate, '/events', write(JSON.stringify(event)))).status).toBe(201);
    const batch = await postText(
      candidate,
      '/events/batch',
      write(JSON.stringify({ events: [event, event] })),
    );
    expect(await batch.json()).toMatchObject({ results: [{ acknowledged: true }, { acknowledged: true }] });
    const texts = (await candidate.log()).slice(1).map(({ payload }) => (payload as { text: string }).text);
    expect(texts).toEqual(Array(3).fill(character.repeat(5000)));
  });

  it('and one more is not', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    const problem = await problemOf(await candidate.post(reasoning(character.repeat(5001))));
    expect(problem.errors).toEqual([{ path: 'payload.text', message: 'may have at most 5000 characters' }]);
  });
});

describe('how an event is written decides nothing in a batch that it does not decide alone', () => {
  /** An event of exactly so many bytes, most of them `filling`. */
  const ofSize = (candidate: Candidate, bytes: number, filling: string, end = '') => {
    const body = JSON.stringify({ ...candidate.body(views(0, 'A', 1)), metadata: { filling: 'HERE' } });
    const [before = '', after = ''] = body.split('"HERE"');
    const room = bytes - before.length - after.length - '[]'.length - end.length;
    const text = `${before}[${filling.repeat(Math.floor(room / filling.length))}${end}]${after}`;
    return text.replace('[', `[${' '.repeat(bytes - text.length)}`);
  };

  it.each([
    ['numbers that get longer when they are written again', '1e20,', '1'],
    ['escapes that get shorter', '"\\u0061\\u0061\\u0061",', '1'],
    ['blanks, quotes and brackets in texts', '"]},{[\\"\\\\", ', '1'],
    ['lists', '[[],{"a":[1,2]}],', '1'],
  ])('%s', async (_, filling, end) => {
    const limit = 64 * 1024;
    for (const [bytes, status] of [
      [limit, 201],
      [limit + 1, 413],
    ] as const) {
      const candidate = await newCandidate();
      await candidate.does(starts(0));
      const event = ofSize(candidate, bytes, filling, end);
      expect(event).toHaveLength(bytes);
      expect((await postText(candidate, '/events', event)).status).toBe(status);
      const small = JSON.stringify(candidate.body(views(0, 'A', 2)));
      const batch = `{"events": [ ${small} ,\n${event}\t, ${event}, ${small}] }`;
      const { results } = (await (await postText(candidate, '/events/batch', batch)).json()) as {
        results: { status?: number }[];
      };
      expect(results.map((verdict) => verdict.status ?? 201)).toEqual(
        status === 201 ? [201, 201, 201, 201] : [201, 413, 409, 409],
      );
    }
  });

  it('a batch may have 1 MiB, and not one byte more', async () => {
    const candidate = await newCandidate();
    await candidate.does(starts(0));
    const event = JSON.stringify(candidate.body(views(0, 'A', 1)));
    for (const [bytes, status] of [
      [1024 * 1024, 201],
      [1024 * 1024 + 1, 413],
    ] as const) {
      const batch = `{"events":[${event}]}`.padEnd(bytes);
      expect((await postText(candidate, '/events/batch', batch)).status).toBe(status);
    }
  });
});

it('however long views are said to be, the attempt gets its results', async () => {
  const candidate = await newCandidate();
  const endless = views(0, 'A', Number.MAX_VALUE);
  await candidate.does(starts(0), endless, endless, selects(0, 'A'), completes(0, 'A'));
  expect(await candidate.results('metrics')).toMatchObject({
    time_metrics: { active_interaction_time_ms: Number.MAX_VALUE, hesitation_time_ms: 0 },
    decision_metrics: { final_option_view_duration_ms: Number.MAX_VALUE },
  });
  expect(JSON.stringify(await candidate.results('skills'))).not.toMatch(/NaN|Infinity|e\+/);
});

it('a browser may call itself whatever it likes', async () => {
  const candidate = await newCandidate();
  const metadata = { user_agent: 'x'.repeat(3000), client_session_id: 'y'.repeat(3000) };
  expect((await candidate.post(starts(0), { metadata })).status).toBe(201);
  expect((await candidate.log())[0]?.metadata).toEqual(metadata);
});

it('a computer may sleep for 25 hours in the middle of a view', async () => {
  const candidate = await newCandidate();
  const hours = 25 * 3_600_000;
  await candidate.does(starts(0), views(0, 'A', hours), selects(0, 'A'), completes(0, 'A'));
  expect(await candidate.results('metrics')).toMatchObject({
    time_metrics: { active_interaction_time_ms: hours },
    quality_flags: expect.arrayContaining(['long_view']),
  });
});

it('null for an optional field is as if it were absent', async () => {
  const nothing = { client_event_id: null, metadata: null };
  const candidate = await newCandidate();
  for (const step of [starts(0), selects(0, 'A')]) {
    expect(
      (await candidate.api.send('POST', '/events', { ...candidate.body(step), ...nothing })).status,
    ).toBe(201);
  }
  const completion = { ...nothing, timestamp_client: null };
  const path = `/attempts/${candidate.attempt_id}/complete`;
  expect((await candidate.api.send('POST', path, completion)).status).toBe(201);
  expect(
    (await candidate.log()).map(({ client_event_id, metadata }) => ({ client_event_id, metadata })),
  ).toEqual(Array(3).fill({ client_event_id: undefined, metadata: {} }));
  const order = { candidate_email: null, expires_in_seconds: null, count: null };
  expect(await issueTokens(admin, task, order)).toHaveLength(1);
});

it('a clock may write its time as RFC 3339 or ISO 8601 allow', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  for (const timestamp_client of [
    '2026-01-31t10:30:00+0100',
    '2026-01-31 09:30:00.000000001z',
    '20260131T0930Z',
  ]) {
    expect((await candidate.post(views(0, 'A', 1), { timestamp_client })).status, timestamp_client).toBe(201);
  }
  const times = (await candidate.log())
    .slice(1)
    .map(({ timestamp_client }) => timestamp_client.toISOString());
  expect(times).toEqual(Array(3).fill('2026-01-31T09:30:00.000Z'));
  const problem = await problemOf(
    await candidate.post(views(0, 'A', 1), { timestamp_client: '2026-01-31T09:30:00' }),
  );
  expect(problem.errors).toMatchObject([
    { path: 'timestamp_client', message: expect.stringMatching(/offset/) },
  ]);
});

describe('what people paste', () => {
  it('a token may have blanks around it, in the path and in the body', async () => {
    const [issued] = await issueTokens(admin, task);
    const token = `\u00a0${issued?.token}\u200b `;
    expect((await api.send('GET', `/tokens/${encodeURIComponent(token)}/validate`)).status).toBe(200);
    expect((await api.send('POST', '/attempts', { token })).status).toBe(201);
  });

  it('an address means the same account however it is written, and lists are filtered by it', async () => {
    const password = 'correct horse battery staple';
    const written = ' Jürgen.R&D+jobs@BÜCHER.example\u00a0';
    await api.call('POST', '/auth/register', { email: written, password });
    const plain = { email: 'jürgen.r&d+jobs@xn--bcher-kva.example', password };
    expect(await api.call('POST', '/auth/login', plain)).toMatchObject({ user: { email: plain.email } });
    await issueTokens(admin, task, { candidate_email: written });
    for (const query of [encodeURIComponent(written), encodeURIComponent(plain.email).replace('%2B', '+')]) {
      const { tokens } = await admin.call<{ tokens: object[] }>('GET', `/tokens?candidate_email=${query}`);
      expect(tokens).toMatchObject([{ candidate_email: plain.email }]);
    }
  });
});

it('a batch that does not fit is counted by the rate limit like one event', async () => {
  const limited = await startTestServer({ RATE_LIMITS: 'on' });
  const candidate = await admitCandidate(limited.admin, limited.api, await createTask(limited.admin));
  const statuses: number[] = [];
  for (let n = 0; n < 201; n += 1) {
    statuses.push((await candidate.api.send('POST', '/events/batch', { events: [] })).status);
  }
  expect([...new Set(statuses)]).toEqual([422, 429]);
});
