import { setTimeout as sleep } from 'node:timers/promises';
import { it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { HonestCandidate } from './honest-candidate.ts';
import { startHostileServer } from './hostile-server.ts';

it('nobody attacks', async () => {
  const server = await startHostileServer();
  const honest = await HonestCandidate.start(server, await logInAsAdmin(server));
  await honest.isUndisturbedBy(() => sleep(3000));
});
