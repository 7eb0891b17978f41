import { expect, it } from 'vitest';
import { registerCandidate } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate, Candidate, redeem } from '../support/candidate.ts';
import { sharedDatabase } from '../support/database.ts';
import { eventually } from '../support/eventually.ts';
import { watch } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { changes, completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/*
 * Two servers on one database, as behind a load balancer that sends a candidate's requests here and there.
 */
const shared = {
  ...sharedDatabase(),
  JWT_SECRET: 'two processes that trust each other know one secret',
};
const one = await startTestServer(shared);
const two = await startTestServer(shared);
const task = await createTask(one.admin);

/** A candidate whose requests go to either server; both have already loaded the attempt. */
async function aCandidate() {
  const account = await registerCandidate(one.api);
  const admitted = await admitCandidate(one.admin, account.api, task);
  const here = admitted.with(account.access_token);
  const there = here.at(two);
  await Promise.all([here.get(), there.get()]);
  return { here, there };
}

const numbers = (log: { sequence_number: number }[]) => log.map(({ sequence_number }) => sequence_number);
const upTo = (last: number) => Array.from({ length: last }, (_, n) => n + 1);

it('an event is judged by everything that was recorded, wherever that was', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0));
  await there.does(views(0, 'A', 1), selects(0, 'A'));
  await here.does(changes(0, 'A', 'B'));
  expect((await problemOf(await there.post(completes(0, 'A')))).code).toBe('sequence_violation');
  await there.does(completes(0, 'B'));
  expect((await problemOf(await here.post(views(0, 'A', 1)))).code).toBe('attempt_locked');
  expect(await here.results('skills')).toEqual(await there.results('skills'));
  expect(numbers(await there.log())).toEqual(upTo(5));
});

it('an access token that was replaced at one is refused at the other, too', async () => {
  const [issued] = await issueTokens(one.admin, task);
  const candidate = new Candidate(one.api, await redeem(one.api, issued?.token ?? '', task)).at(two);
  await candidate.does(starts(0));
  const path = `/attempts/${candidate.attempt_id}/access`;
  const { access_token } = await one.admin.call<{ access_token: string }>('POST', path);
  await eventually(async () => expect((await candidate.post(views(0, 'A', 1))).status).toBe(401));
  await candidate.with(access_token).does(views(0, 'A', 2));
});

it('completing takes what was selected elsewhere', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0), selects(0, 'A'));
  expect(await there.api.call('POST', `/attempts/${there.attempt_id}/complete`)).toMatchObject({
    sequence_number: 3,
  });
});

it('of two different events under one id that arrive at both at once, one is recorded', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0));
  for (let n = 0; n < 10; n += 1) {
    const id = { client_event_id: `race ${n}` };
    const answers = await Promise.all([here.post(views(0, 'A', n), id), there.post(views(0, 'B', n), id)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const refused = answers.find(({ status }) => status === 409) as Response;
    expect((await problemOf(refused)).code).toBe('event_id_reused');
  }
  expect(numbers(await here.log())).toEqual(upTo(11));
});

it('completing takes what the selection was changed to elsewhere', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0), selects(0, 'A'));
  await there.does(changes(0, 'A', 'B'));
  await here.api.call('POST', `/attempts/${here.attempt_id}/complete`);
  const [completed] = (await there.log()).slice(-1);
  expect(completed?.payload).toMatchObject({ final_option_code: 'B' });
});

it('completing while the selection changes elsewhere never names an option that is no longer selected', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0), selects(0, 'A'));
  await there.get();
  const other = { A: 'B', B: 'A' } as const;
  let selected: 'A' | 'B' = 'A';
  const changing = (async () => {
    for (let n = 0; n < 20; n += 1) {
      const answer = await there.post(changes(0, selected, other[selected]));
      if (answer.status !== 201) return;
      selected = other[selected];
    }
  })();
  const completed = await here.api.send('POST', `/attempts/${here.attempt_id}/complete`);
  await changing;
  expect(completed.status).toBe(201);
  const log = await here.log();
  const choices = log.filter(({ event_type }) => /^option_/.test(event_type)).map(({ payload }) => payload);
  const last = choices.at(-1) as { option_code?: string; to_code?: string };
  expect(log.at(-1)?.payload).toMatchObject({ final_option_code: last.to_code ?? last.option_code });
});

it('completing again elsewhere with the same client_event_id gets the first acknowledgement', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0), selects(0, 'A'));
  const path = `/attempts/${here.attempt_id}/complete`;
  const answers = [];
  for (const { api } of [here, there, here]) {
    answers.push(await (await api.send('POST', path, { client_event_id: 'done' })).text());
  }
  expect(new Set(answers).size).toBe(1);
  expect(JSON.parse(answers[0] ?? '')).toMatchObject({ sequence_number: 3, acknowledged: true });
});

it('events that arrive at both at once get each their own number, and a repeat its first', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0));
  const both = [here, there];
  await Promise.all(Array.from({ length: 30 }, (_, n) => both[n % 2]?.does(views(0, 'A', n))));
  const repeats = await Promise.all(
    both.map(async (side) => (await side.post(selects(0, 'A'), { client_event_id: 'chosen' })).text()),
  );
  expect(repeats[0]).toBe(repeats[1]);
  const log = await here.log();
  expect(numbers(log)).toEqual(upTo(32));
  const times = log.map(({ timestamp_server }) => timestamp_server.getTime());
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

it('who watches here hears what is recorded there, each event once and in order', async () => {
  const { here, there } = await aCandidate();
  const watcher = await watch(here.api, here.attempt_id, 0);
  await there.does(starts(0), views(0, 'A', 1));
  await here.does(selects(0, 'A'));
  await there.does(changes(0, 'A', 'C'), completes(0, 'C'));
  await watcher.hears('metrics_ready');
  await watcher.isUpToDate();
  expect(watcher.acknowledged).toEqual(upTo(5));
});

it.each([[3], [undefined]])(
  'who comes to a server that lags is told nothing again, since=%s',
  async (since) => {
    const { here, there } = await aCandidate();
    await here.does(starts(0), views(0, 'A', 1), views(0, 'B', 1));
    const watcher = await watch(there.api, there.attempt_id, since);
    expect(watcher.all('attempt_state')).toMatchObject([{ sequence_number: 3 }]);
    await here.does(views(0, 'A', 1));
    await watcher.hears('event_ack', ({ sequence_number }) => sequence_number === 4);
    expect(watcher.acknowledged).toEqual([4]);
  },
);

it('the state is the same wherever one asks', async () => {
  const { here, there } = await aCandidate();
  await here.does(starts(0), selects(0, 'A'));
  expect(await there.get()).toEqual(await here.get());
});

it('whoever watches an attempt whose token is revoked elsewhere is told', async () => {
  const [token] = await issueTokens(one.admin, task);
  const attempt_id = token?.attempt_id ?? '';
  const watchers = await Promise.all([one, two].map(({ admin }) => watch(admin, attempt_id)));
  await one.admin.call('POST', '/tokens/revoke', { attempt_id });
  for (const watcher of watchers) {
    await watcher.hears('attempt_status');
    expect(watcher.all('attempt_status')).toEqual([{ status: 'expired', completed_at: null }]);
    expect(watcher.all('attempt_state').at(-1)).toMatchObject({ status: 'expired' });
  }
});
