import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { expectNothingLost, expectResults } from './verify.ts';

const random = new Random(SEED);
const { uri } = await startEngine();
/** Long enough to work with an attempt before it expires, even on a busy machine. */
const TTL = 8;
const env = { MONGODB_URI: uri, ATTEMPT_TTL_SECONDS: String(TTL), TOKEN_TTL_SECONDS: String(TTL) };
const [a, b] = [await startServerProcess(env), await startServerProcess(env)];
const staff = await logInAsAdmin(a);

it('attempts and tokens expire once, whoever sweeps, and completed attempts never', async () => {
  const { tasks } = await staff.call<{ tasks: { task_id: string }[] }>('GET', '/tasks');
  const { tokens } = await staff.call<{ tokens: { token: string }[] }>('POST', '/tokens/generate', {
    task_id: tasks[0]?.task_id,
  });
  const [completed, ...open] = (await admitCandidates(a, 6, staff)) as [
    PersistentCandidate,
    ...PersistentCandidate[],
  ];
  for (const each of [completed, ...open]) await each.sendUntilAnswered(a, each.next(random));
  const watchers = open.map((each, index) => new ReturningWatcher(each).connect(index % 2 ? a : b));
  await completed.sendUntilAnswered(b, completed.selection(random));
  expect((await completed.sendUntilAnswered(a, completed.completion())).kind).toBe('acknowledged');
  await expectResults(staff, [completed]);

  await eventually(
    async () => {
      for (const { attempt_id } of open) {
        expect(await staff.call('GET', `/attempts/${attempt_id}`)).toMatchObject({ status: 'expired' });
      }
    },
    { everyMs: 200 },
  );
  await eventually(() => {
    for (const watcher of watchers) {
      expect(watcher.others.filter(({ type }) => type === 'attempt_status').at(-1)?.data).toMatchObject({
        status: 'expired',
      });
      const states = watcher.others.filter(({ type }) => type === 'attempt_state');
      expect(states.at(-1)?.data).toMatchObject({ state: 'expired', allowed_events: [] });
    }
  });
  for (const each of open) {
    const last = watchers.find(({ attempt_id }) => attempt_id === each.attempt_id)?.others.at(-1);
    expect(last).toBeDefined();
    for (const server of [a, b]) {
      const outcome = await each.send(server, each.view(random));
      expect(outcome).toMatchObject({ kind: 'refused', status: 409, code: 'attempt_expired' });
    }
  }
  for (const server of [a, b]) {
    const answer = await fetch(`${server.url}/api/v1/tokens/${tokens[0]?.token}/validate`);
    expect(answer.status).toBe(410);
    expect(await answer.json()).toMatchObject({ code: 'token_expired' });
  }
  expect(await staff.call('GET', `/attempts/${completed.attempt_id}`)).toMatchObject({ status: 'completed' });
  await expectNothingLost(staff, [completed, ...open]);
  for (const watcher of watchers) watcher.disconnect();
});
