import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate } from '../support/candidate.ts';
import { DatabaseProxy, isCommand } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { starts, views } from '../support/recorded.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

const ATTACK_MS = 8000;
/** More than there are connections to the database. */
const READS = 30;

it('one candidate keeps asking for thirty things at once that the database never answers', async () => {
  const { socketPath } = await startEngine();
  const proxy = await DatabaseProxy.start(socketPath);
  atTheEnd(() => proxy.stop());
  const server = await startHostileServer({ MONGODB_URI: proxy.uri });
  const staff = await logInAsAdmin(server);
  const task = await createTask(staff);
  const greedy = await admitCandidate(staff, staff.as(undefined), task);
  await greedy.does(starts(0), views(1, 'A', 1));
  const honest = await HonestCandidate.start(server, staff);

  proxy.holdBack = (request) => (isCommand('find', 'behavior_events')(request) ? 'answer' : 'no');
  await honest.isUndisturbedBy(async () => {
    const leaving = new AbortController();
    const readOn = async () => {
      while (!leaving.signal.aborted) {
        await fetch(`${server.url}/api/v1/attempts/${greedy.attempt_id}/events`, {
          headers: { authorization: `Bearer ${greedy.token}` },
          signal: leaving.signal,
        }).catch(() => undefined);
      }
    };
    const reads = Array.from({ length: READS }, readOn);
    await sleep(ATTACK_MS);
    leaving.abort();
    await Promise.all(reads);
  });
  expect(server.output).not.toContain('The database cannot be reached');
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
});
