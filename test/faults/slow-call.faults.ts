import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { startServerProcess } from '../support/server-process.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { expectNothingLost } from './verify.ts';

const random = new Random(SEED);
const { socketPath } = await startEngine();
const proxy = await DatabaseProxy.start(socketPath);
atTheEnd(() => proxy.stop());
const server = await startServerProcess({ MONGODB_URI: proxy.uri });
const staff = await logInAsAdmin(server);

it('a call whose answer never comes is the problem of its own request', async () => {
  const [slow, ...others] = (await admitCandidates(server, 6, staff)) as [
    PersistentCandidate,
    ...PersistentCandidate[],
  ];
  for (const each of [slow, ...others]) await each.sendUntilAnswered(server, each.next(random));

  // From the next insert on, one connection delivers no more answers.
  let held = 0;
  proxy.holdBack = (request) => {
    if (held > 0 || !isCommand('insert', 'behavior_events')(request)) return 'no';
    held += 1;
    return 'answer';
  };
  let isOver = false;
  const refused = slow.send(server, slow.selection(random)).finally(() => {
    isOver = true;
  });
  await expect.poll(() => held).toBe(1);
  let acknowledged = 0;
  while (!isOver) {
    const outcomes = await Promise.all(others.map((each) => each.send(server, each.view(random))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(others.map(() => 'acknowledged'));
    acknowledged += outcomes.length;
  }
  expect(acknowledged).toBeGreaterThan(others.length);
  expect(await refused).toMatchObject({ kind: 'refused', status: 503, code: 'database_unavailable' });
  // Other requests are not affected afterwards either, and the working connections are still the same.
  expect(server.output).not.toContain('The database cannot be reached');
  const outcomes = await Promise.all(others.map((each) => each.send(server, each.view(random))));
  expect(outcomes.map(({ kind }) => kind)).toEqual(others.map(() => 'acknowledged'));
  proxy.holdBack = undefined;
  await expectNothingLost(staff, [slow, ...others]);
});
