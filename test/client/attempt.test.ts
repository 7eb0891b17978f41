import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  type Access,
  Attempt,
  type AttemptOptions,
  type PostedEvent,
  Refused,
} from '../../src/client/index.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { BadLine } from '../support/bad-line.ts';
import { readLog } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { startTestServer } from '../support/server.ts';

const server = await startTestServer();
const task = await createTask(server.admin);
const line = await BadLine.before(server);

const newToken = async () => (await issueToken(server.admin, task)).token;
const logOf = ({ attempt_id }: Attempt) => readLog(server.admin, attempt_id);

it('a whole attempt: what the candidate does is stored in order, with the final choice', async () => {
  const attempt = await Attempt.redeem(server.url, await newToken());
  expect(attempt.task).toMatchObject({ task_id: task.task_id, title: task.title });
  expect(attempt.state).toMatchObject({ sequence_number: 0, allowed_events: ['task_started'] });
  void attempt.taskStarted();
  void attempt.optionViewed('A', 1200);
  void attempt.optionSelected('A');
  void attempt.reasoningStarted();
  void attempt.reasoningUpdated('Because');
  void attempt.optionChanged('B');
  void attempt.reasoningSubmitted('Because it is safer 🙂');
  const { sequence_number } = await attempt.complete();
  expect(sequence_number).toBe(8);
  expect(attempt.pending).toBe(0);
  const log = await logOf(attempt);
  expect(log.map(({ event_type }) => event_type)).toEqual([
    'task_started',
    'option_viewed',
    'option_selected',
    'reasoning_started',
    'reasoning_updated',
    'option_changed',
    'reasoning_submitted',
    'task_completed',
  ]);
  expect(log.at(-1)?.payload).toMatchObject({ final_option_code: 'B' });
  expect(await attempt.results('skills')).toMatchObject({ attempt_id: attempt.attempt_id });
});

it('a line that loses requests and answers loses no event and stores none twice', async () => {
  const attempt = await Attempt.redeem(line.url, await newToken());
  let calls = 0;
  line.trouble = () => {
    calls += 1;
    return { 1: { loses: 'request' as const }, 3: { loses: 'answer' as const } }[calls] ?? {};
  };
  void attempt.taskStarted();
  for (let n = 1; n <= 20; n += 1) void attempt.optionViewed('A', n);
  void attempt.optionSelected('C');
  await attempt.complete();
  line.trouble = () => ({});
  const log = await logOf(attempt);
  expect(log).toHaveLength(23);
  expect(
    log.filter(({ event_type }) => event_type === 'option_viewed').map(({ payload }) => payload),
  ).toEqual(Array.from({ length: 20 }, (_, index) => expect.objectContaining({ duration_ms: index + 1 })));
});

it('a refused event is told, and those after it are stored', async () => {
  const refusals: [string, string][] = [];
  const attempt = await Attempt.redeem(server.url, await newToken(), {
    onRefused: ({ event_type }: PostedEvent, { code }: Refused) => refusals.push([event_type, code]),
  });
  void attempt.taskStarted();
  const second = attempt.taskStarted();
  const selected = attempt.optionSelected('A');
  await expect(second).rejects.toMatchObject({ status: 409, code: 'sequence_violation' });
  await expect(selected).resolves.toMatchObject({ sequence_number: 2 });
  expect(refusals).toEqual([['task_started', 'sequence_violation']]);
  expect(attempt.state.allowed_events).toContain('option_selected');
});

it('a refused choice is taken back: what follows builds on what is stored', async () => {
  const attempt = await Attempt.redeem(server.url, await newToken(), { onRefused: () => undefined });
  await expect(attempt.optionSelected('A')).rejects.toMatchObject({ code: 'sequence_violation' });
  expect(attempt.selection).toBeUndefined();
  expect(() => attempt.complete()).toThrow('No option is selected yet');
  void attempt.taskStarted();
  void attempt.optionSelected('B');
  const tooSoon = attempt.taskStarted();
  void attempt.optionChanged('C');
  await expect(tooSoon).rejects.toBeInstanceOf(Refused);
  expect(attempt.selection).toMatchObject({ option_code: 'C' });
  await expect(attempt.complete()).resolves.toMatchObject({ sequence_number: 4 });
});

it('with renewed access another browser goes on where the candidate was', async () => {
  const lost = await Attempt.redeem(server.url, await newToken());
  void lost.taskStarted();
  void lost.optionSelected('A');
  await lost.reasoningSubmitted('So far.');
  const renew = () => server.admin.call<Access>('POST', `/attempts/${lost.attempt_id}/access`);
  const [older, access] = [await renew(), await renew()];
  await expect(Attempt.enter(server.url, older)).rejects.toMatchObject({ status: 401 });
  const attempt = await Attempt.enter(server.url, access);
  expect(attempt.task).toEqual(lost.task);
  expect(attempt).toMatchObject({
    isStarted: true,
    reasoningText: 'So far.',
    selection: { option_code: 'A' },
  });
  void attempt.optionChanged('B');
  await attempt.complete();
  const log = await logOf(lost);
  expect(log.map(({ event_type }) => event_type).slice(3)).toEqual(['option_changed', 'task_completed']);
});

it('a forgotten attempt stays forgotten, though an answer comes later', async () => {
  const attempt = await Attempt.redeem(server.url, await newToken());
  const started = attempt.taskStarted();
  attempt.forget();
  await started;
  expect(await Attempt.resume()).toBeUndefined();
});

it('the live channel tells every event once, also after its connection was lost', async () => {
  const attempt = await Attempt.redeem(line.url, await newToken(), {
    WebSocket: WebSocket as AttemptOptions['WebSocket'],
  });
  const heard: number[] = [];
  const live = attempt.live((message) => {
    if (message.type === 'event_ack') heard.push(message.data.sequence_number);
  });
  await eventually(() => expect(live.isOpen).toBe(true));
  await attempt.taskStarted();
  await eventually(() => expect(heard).toEqual([1]));
  line.cut();
  const viewed = attempt.optionViewed('A', 5);
  line.mend();
  await attempt.flush();
  await viewed;
  await eventually(() => expect(heard).toEqual([1, 2]));
  live.close();
});

it('a token that is of no use is refused with its reason', async () => {
  await expect(Attempt.redeem(server.url, 'no such token')).rejects.toBeInstanceOf(Refused);
});

it('asked twice for the same token, a page gets the same attempt', async () => {
  const token = await newToken();
  const [first, second] = await Promise.all([
    Attempt.redeem(server.url, token),
    Attempt.redeem(server.url, token),
  ]);
  expect(second).toBe(first);
});
