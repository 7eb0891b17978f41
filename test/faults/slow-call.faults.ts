import { expect, it } from 'vitest';
import { atTheEnd } from '../support/database.ts';
import { type Candidate, logIn, redeem } from './candidate.ts';
import { DatabaseProxy, isCommand } from './proxy.ts';
import { Random, SEED } from './random.ts';
import { startEngine, startServerProcess } from './server-process.ts';
import { expectNothingLost } from './verify.ts';

const random = new Random(SEED);
const { socketPath } = await startEngine();
const proxy = await DatabaseProxy.start(socketPath);
atTheEnd(() => proxy.stop());
const server = await startServerProcess({ MONGODB_URI: proxy.uri });
const staff = await logIn(server);

it('a call whose answer never comes is the problem of its own request', async () => {
  const [slow, ...others] = (await redeem(server, 6, staff)) as [Candidate, ...Candidate[]];
  for (const each of [slow, ...others]) await each.postUntilAnswered(server, each.next(random));

  // One connection says nothing any more, from the next insert on.
  let held = 0;
  proxy.holdBack = (request) => {
    if (held > 0 || !isCommand('insert', 'behavior_events')(request)) return 'no';
    held += 1;
    return 'answer';
  };
  let isOver = false;
  const refused = slow.post(server, slow.selection(random)).finally(() => {
    isOver = true;
  });
  await expect.poll(() => held).toBe(1);
  let acknowledged = 0;
  while (!isOver) {
    const outcomes = await Promise.all(others.map((each) => each.post(server, each.view(random))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(others.map(() => 'acknowledged'));
    acknowledged += outcomes.length;
  }
  expect(acknowledged).toBeGreaterThan(others.length);
  expect(await refused).toMatchObject({ kind: 'refused', status: 503, code: 'database_unavailable' });
  // Nor does anything change for the others afterwards, and the connections that work are still the same.
  expect(server.output).not.toContain('The database cannot be reached');
  const outcomes = await Promise.all(others.map((each) => each.post(server, each.view(random))));
  expect(outcomes.map(({ kind }) => kind)).toEqual(others.map(() => 'acknowledged'));
  proxy.holdBack = undefined;
  await expectNothingLost(staff, [slow, ...others]);
});
