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

/** Reads that one candidate asks for at once: more than there are connections to the database. */
const READS = 30;

/** Asks for the candidate's events so many times at once, as a page does that reloads in a loop. */
function readAtOnce({ attempt_id, token }: PersistentCandidate, signal: AbortSignal): Promise<number[]> {
  const read = () =>
    fetch(`${server.url}/api/v1/attempts/${attempt_id}/events`, {
      headers: { authorization: `Bearer ${token}` },
      signal,
    }).then(
      ({ status }) => status,
      () => 0,
    );
  return Promise.all(Array.from({ length: READS }, read));
}

/** Lets candidates post for so long; all events must be acknowledged. @returns how many there were */
async function postFor(ms: number, candidates: readonly PersistentCandidate[]): Promise<number> {
  let acknowledged = 0;
  for (const end = performance.now() + ms; performance.now() < end; ) {
    const outcomes = await Promise.all(candidates.map((each) => each.send(server, each.view(random))));
    expect(outcomes.map(({ kind }) => kind)).toEqual(candidates.map(() => 'acknowledged'));
    acknowledged += outcomes.length;
  }
  return acknowledged;
}

it.each<[string, () => void]>([
  [
    'that are never answered',
    () => {
      proxy.holdBack = (request) => (isCommand('find', 'behavior_events')(request) ? 'answer' : 'no');
    },
  ],
  [
    'of a slow database',
    () => {
      proxy.delayMs = 900;
    },
  ],
])('thirty reads %s refuse nobody else’s event', async (_, slowDown) => {
  const [reader, ...others] = (await admitCandidates(server, 5, staff)) as [
    PersistentCandidate,
    ...PersistentCandidate[],
  ];
  for (const each of [reader, ...others]) await each.sendUntilAnswered(server, each.next(random));
  slowDown();
  const leaving = new AbortController();
  const reads = [1, 2, 3].map(() => readAtOnce(reader, leaving.signal));
  expect(await postFor(8000, others)).toBeGreaterThan(others.length);
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  leaving.abort();
  await Promise.all(reads);
  proxy.holdBack = undefined;
  proxy.delayMs = 0;
  proxy.set('pass');
  expect(server.output).not.toContain('The database cannot be reached');
  await expectNothingLost(staff, [reader, ...others]);
});

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
