import fc, { type Arbitrary, type AsyncCommand } from 'fast-check';
import { expect, inject, it } from 'vitest';
import { logInAsAdmin } from '../support/administrator.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { DatabaseProxy } from '../support/database-proxy.ts';
import { startEngine } from '../support/engine.ts';
import { eventually } from '../support/eventually.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { CANDIDATES, connectionsBreak, land, type Model, processesDie, type Real } from './model-commands.ts';
import { admitCandidates, type PersistentCandidate, type Posted } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { note } from './summary.ts';
import {
  expectAllTold,
  expectMeasured,
  expectNothingLost,
  expectProjected,
  expectResults,
} from './verify.ts';

/** How many random walks per world; each has its own candidates and a maximum number of commands. */
const WALKS = 2;
const COMMANDS = 160;
/** Milliseconds; generous, because other work may share the machine. */
const DEADLINE_MS = 240_000;

/** Lets every candidate finish undisturbed; then the promised, stored and published histories must agree. */
async function expectAgreement({ candidates, inHand }: Model, real: Real): Promise<void> {
  const [server] = real.servers as [ServerProcess];
  for (const proxy of real.proxies) proxy.set('pass');
  const random = new Random(SEED);
  const post = async (candidate: PersistentCandidate, event: Posted) => {
    const outcome = await candidate.sendUntilAnswered(server, event);
    expect(outcome.kind, JSON.stringify(outcome)).toBe('acknowledged');
  };
  await Promise.all(
    candidates.map(async (candidate) => {
      await land(real, candidate);
      const event = inHand.get(candidate);
      if (event) await post(candidate, event);
      await post(candidate, candidate.next(random));
    }),
  );
  const staff = await eventually(() => logInAsAdmin(server));
  for (const [candidate, stored] of await expectNothingLost(staff, candidates)) {
    await expectProjected(staff, candidate, stored);
  }
  await Promise.all(
    candidates.map(async (candidate) => {
      await post(candidate, candidate.selection(random));
      await post(candidate, candidate.completion());
    }),
  );
  const logs = await expectNothingLost(staff, candidates);
  await expectAllTold(real.watchers, logs);
  await expectResults(staff, candidates);
  await expectMeasured(staff, logs);
  for (const [candidate, stored] of logs) await expectProjected(staff, candidate, stored);
  for (const watcher of real.watchers) watcher.disconnect();
  const acknowledged = candidates.reduce((sum, each) => sum + each.acknowledged.length, 0);
  note(inject('figures'), { acknowledged });
}

/**
 * Random sequences of commands against the real thing. A failure names the commands and the seed
 * (`FAULTS_SEED` repeats it); `FAULTS_SHRINK=1` searches for a shorter sequence, which takes minutes.
 */
async function walk(
  servers: readonly ServerProcess[],
  proxies: readonly DatabaseProxy[],
  commands: Arbitrary<AsyncCommand<Model, Real>>[],
): Promise<void> {
  const walks = fc.noBias(fc.commands(commands, { maxCommands: COMMANDS, size: 'max' }));
  const property = fc.asyncProperty(walks, async (steps) => {
    const candidates = await admitCandidates(servers[0] as ServerProcess, CANDIDATES);
    const model: Model = { candidates, inHand: new Map(), watching: new Map(), broken: new Set() };
    const real: Real = { servers, proxies, watchers: [], flights: new Map() };
    try {
      await fc.asyncModelRun(() => ({ model, real }), steps);
      await expectAgreement(model, real);
    } finally {
      for (const proxy of proxies) proxy.set('pass');
      for (const watcher of real.watchers) watcher.disconnect();
    }
  });
  const endOnFailure = process.env['FAULTS_SHRINK'] === undefined;
  await fc.assert(property, { seed: SEED, numRuns: WALKS, endOnFailure });
}

it(
  'processes die: what was acknowledged, what is stored and what each socket was told agree',
  async () => {
    await walk([await startServerProcess()], [], processesDie);
  },
  DEADLINE_MS,
);

it(
  'connections break between two servers and their database: the same',
  async () => {
    const { socketPath } = await startEngine();
    const proxies = [await DatabaseProxy.start(socketPath), await DatabaseProxy.start(socketPath)];
    for (const proxy of proxies) atTheEnd(() => proxy.stop());
    const servers: ServerProcess[] = [];
    for (const { uri } of proxies) servers.push(await startServerProcess({ MONGODB_URI: uri }));
    await walk(servers, proxies, connectionsBreak);
  },
  DEADLINE_MS,
);
