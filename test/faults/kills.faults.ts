import { describe, expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { Load } from './load.ts';
import { admitCandidates, type PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectProjected, expectResults } from './verify.ts';

const CANDIDATES = 12;

async function killAgainAndAgain(
  server: ServerProcess,
  kills: readonly ('server' | 'engine' | 'both')[],
): Promise<void> {
  const [probe, ...candidates] = (await admitCandidates(server, CANDIDATES)) as [
    PersistentCandidate,
    ...PersistentCandidate[],
  ];
  const watchers = candidates.slice(0, 4).map((candidate) => new ReturningWatcher(candidate).connect(server));
  const load = new Load(candidates, [server]);
  const random = new Random(SEED);
  await load.progress(50);
  for (const victim of kills) {
    const since = Date.now();
    if (victim !== 'server') server.killEngine();
    if (victim !== 'engine') {
      await server.kill();
      await server.start();
    }
    // Sent after the kill, so that its acknowledgement means that service has resumed.
    await probe.sendUntilAnswered(server, probe.next(random));
    note(inject('figures'), { kills: victim === 'both' ? 2 : 1, recoveryMs: Date.now() - since });
    // So that the next kill comes at a random moment.
    await load.progress(random.below(60));
  }
  await load.stop();
  const staff = await logInAsAdmin(server);
  const logs = await expectNothingLost(staff, [probe, ...candidates]);
  await expectAllTold(watchers, logs);
  for (const [candidate, stored] of logs) await expectProjected(staff, candidate, stored);
  for (const watcher of watchers) watcher.disconnect();
  const failures = load.outcomes.filter((outcome) => outcome.kind === 'refused' && outcome.status < 503);
  expect(failures, server.errors.join('\n')).toEqual([]);
}

describe('every acknowledged event is there, and attempts go on where they were, when under load', () => {
  it('the server is killed', async () => {
    await killAgainAndAgain(await startServerProcess(), [
      'server',
      'server',
      'server',
      'server',
      'server',
      'server',
    ]);
  });

  it('the engine is killed', async () => {
    await killAgainAndAgain(await startServerProcess(), ['engine', 'engine', 'engine', 'engine']);
  });

  it('both are killed, together and in turn', async () => {
    await killAgainAndAgain(await startServerProcess(), [
      'both',
      'engine',
      'server',
      'both',
      'engine',
      'both',
    ]);
  });
});

it('attempts that were completed right before a kill get their results after it', async () => {
  const server = await startServerProcess();
  const random = new Random(SEED);
  const candidates = await admitCandidates(server, 30);
  for (const kill of ['server', 'engine', 'server']) {
    const some = candidates.splice(0, 10);
    await Promise.all(
      some.map(async (candidate) => {
        await candidate.sendUntilAnswered(server, candidate.next(random));
        await candidate.sendUntilAnswered(server, candidate.selection(random));
      }),
    );
    const completions = some.map((candidate) => candidate.send(server, candidate.completion()));
    await Promise.race(completions);
    if (kill === 'engine') server.killEngine();
    else {
      await server.kill();
      await server.start();
    }
    note(inject('figures'), { kills: 1 });
    await Promise.all(completions);
    // Right after the kill a log-in may fail.
    const staff = await eventually(() => logInAsAdmin(server));
    const logs = await expectNothingLost(staff, some);
    const completed = some.filter((each) => logs.get(each)?.at(-1)?.event_type === 'task_completed');
    expect(completed.length).toBeGreaterThan(0);
    await expectResults(staff, completed);
    for (const [candidate, stored] of logs) await expectProjected(staff, candidate, stored);
    note(inject('figures'), {
      acknowledged: some.reduce((n, { acknowledged }) => n + acknowledged.length, 0),
    });
  }
});
