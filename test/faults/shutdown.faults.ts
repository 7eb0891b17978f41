import { expect, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates } from './persistent-candidate.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { expectAllTold, expectNothingLost } from './verify.ts';

it('SIGTERM under load ends with 0 within 10 s, closes every socket with 1012 and loses nothing', async () => {
  const server = await startServerProcess();
  for (let round = 0; round < 2; round++) {
    const candidates = await admitCandidates(server, 12);
    const watchers = candidates.map((candidate) => new ReturningWatcher(candidate).connect(server));
    const load = new Load(candidates, [server]);
    await load.progress(150);
    const { code, ms } = await server.terminate();
    expect(code).toBe(0);
    // The server waits longer only for a peer that does not answer, and then cuts it off.
    expect(ms).toBeLessThan(4000);
    for (const { closes } of watchers) expect(closes[0]?.code).toBe(1012);
    await server.start();
    await load.progress(20);
    await load.stop();
    const logs = await expectNothingLost(await logInAsAdmin(server), candidates);
    await expectAllTold(watchers, logs);
    for (const watcher of watchers) watcher.disconnect();
    const refused = load.outcomes.filter((outcome) => outcome.kind === 'refused' && outcome.status < 503);
    expect(refused, server.errors.join('\n')).toEqual([]);
  }
});

it('SIGTERM ends with 0 as soon as the engine runs, and at the moment the server is ready', async () => {
  const server = await startServerProcess();
  expect((await server.terminate()).code).toBe(0);
  const called = server.start();
  called.catch(() => undefined);
  const engine = await eventually(() => server.enginePid, { everyMs: 1 });
  expect((await server.terminate()).code).toBe(0);
  await expect(called).rejects.toThrow('The server ended with 0');
  await eventually(() => expect(() => process.kill(engine, 0)).toThrow('ESRCH'));
});
