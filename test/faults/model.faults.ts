import { expect, inject, it, onTestFailed } from 'vitest';
import { atTheEnd } from '../support/database.ts';
import { type Candidate, logIn, type Posted, redeem } from './candidate.ts';
import { DatabaseProxy, type ProxyMode } from './proxy.ts';
import { Random, SEED } from './random.ts';
import { eventually, type ServerProcess, startEngine, startServerProcess } from './server-process.ts';
import { note } from './summary.ts';
import { expectAllTold, expectNothingLost, expectProjected, expectResults } from './verify.ts';
import { Watcher } from './watcher.ts';

/** How long a walk is; which steps it has depends on the seed alone. */
const STEPS = 80;
const CANDIDATES = 6;

/** Everything a walk may do something to, and what it remembers. */
interface World {
  random: Random;
  servers: ServerProcess[];
  /** Only where the database is not the server's own. */
  proxies: DatabaseProxy[];
  candidates: Candidate[];
  watchers: Watcher[];
  /** Events without a final answer; a front end sends them again before anything new. */
  open: Map<Candidate, Posted>;
  /** What was done, for whoever has to find out why. */
  story: string[];
}

type Step = (world: World) => Promise<unknown> | unknown;

const postsSome: Step = async ({ random, servers, candidates, open }) => {
  await Promise.all(
    candidates.map(async (candidate) => {
      if (random.below(3) === 0) return;
      const event = open.get(candidate) ?? candidate.next(random);
      open.set(candidate, event);
      const outcome = await candidate.post(random.pick(servers), event, 6000);
      if (outcome.kind === 'refused' && outcome.status < 503)
        throw new Error(JSON.stringify({ outcome, event }));
      if (outcome.kind === 'acknowledged') open.delete(candidate);
    }),
  );
};

/** The same event twice at once, perhaps to different servers. */
const repeats: Step = async ({ random, servers, candidates, open }) => {
  const candidate = random.pick(candidates);
  const event = open.get(candidate) ?? candidate.next(random);
  open.set(candidate, event);
  const outcomes = await Promise.all([1, 2].map(() => candidate.post(random.pick(servers), event, 6000)));
  if (outcomes.some(({ kind }) => kind === 'acknowledged')) open.delete(candidate);
};

const killsServer: Step = async ({ random, servers }) => {
  const server = random.pick(servers);
  await server.kill();
  note(inject('figures'), { kills: 1 });
  await server.start();
};

const killsEngine: Step = ({ random, servers }) => {
  try {
    random.pick(servers).killEngine();
    note(inject('figures'), { kills: 1 });
  } catch {
    // It has not been started again yet since the last time.
  }
};

const restarts: Step = async ({ random, servers }) => {
  const server = random.pick(servers);
  expect((await server.terminate()).code).toBe(0);
  await server.start();
};

const connects: Step = ({ random, servers, candidates, watchers }) => {
  watchers.push(new Watcher(random.pick(candidates)).connect(random.pick(servers)));
};

const drops: Step = ({ random, watchers }) => watchers.length > 0 && random.pick(watchers).drop();

const cuts: Step = ({ random, proxies }) => {
  random.pick(proxies).set(random.pick<ProxyMode>(['cut', 'silent', 'deaf']));
  note(inject('figures'), { cuts: 1 });
};

const heals: Step = ({ random, proxies }) => random.pick(proxies).set('pass');

/** Steps with how often each comes up. */
function stepsOf(steps: Record<string, [number, Step]>): [string, Step][] {
  return Object.entries(steps).flatMap(([name, [weight, step]]) =>
    Array<[string, Step]>(weight).fill([name, step]),
  );
}

async function walk(world: World, steps: [string, Step][]): Promise<void> {
  onTestFailed(() => console.log(`FAULTS_SEED=${SEED}; what was done: ${world.story.join(' ')}`));
  const schedule = Array.from({ length: STEPS }, () => world.random.pick(steps));
  for (const [name, step] of schedule) {
    world.story.push(name);
    // Something is always posted while something else happens.
    await Promise.all([step(world), postsSome(world)]);
  }
  for (const proxy of world.proxies) proxy.set('pass');
  const [server] = world.servers as [ServerProcess];
  for (const [candidate, event] of world.open) {
    expect(await candidate.postUntilAnswered(server, event)).toMatchObject({ kind: 'acknowledged' });
  }
  const { candidates, watchers, random } = world;
  for (const candidate of candidates) {
    await candidate.postUntilAnswered(server, candidate.next(random));
    for (const event of [() => candidate.selection(random), () => candidate.completion()]) {
      expect(await candidate.postUntilAnswered(server, event())).toMatchObject({ kind: 'acknowledged' });
    }
  }
  const staff = await eventually(() => logIn(server));
  const logs = await expectNothingLost(staff, candidates);
  await expectAllTold(watchers, logs);
  await expectResults(staff, candidates);
  for (const [candidate, stored] of logs) await expectProjected(staff, candidate, stored);
  for (const watcher of watchers) watcher.disconnect();
  const acknowledged = candidates.reduce((sum, each) => sum + each.acknowledged.length, 0);
  note(inject('figures'), { acknowledged });
}

const common = {
  repeats: [4, repeats],
  connects: [2, connects],
  drops: [4, drops],
  posts: [6, postsNothing],
} as const;

function postsNothing(): void {
  // The posting that goes with every step is enough.
}

it('a server with its own engine: what was acknowledged, what is stored and what was told agree', async () => {
  const server = await startServerProcess();
  const candidates = await redeem(server, CANDIDATES);
  await walk(
    {
      random: new Random(SEED),
      servers: [server],
      proxies: [],
      candidates,
      watchers: [],
      open: new Map(),
      story: [],
    },
    stepsOf({
      ...structured(common),
      killsServer: [1, killsServer],
      killsEngine: [1, killsEngine],
      restarts: [1, restarts],
    }),
  );
});

it('two servers, each with a bad connection to one database: the same', async () => {
  const { socketPath } = await startEngine();
  const proxies = [await DatabaseProxy.start(socketPath), await DatabaseProxy.start(socketPath)];
  for (const proxy of proxies) atTheEnd(() => proxy.stop());
  const servers: ServerProcess[] = [];
  for (const { uri } of proxies) servers.push(await startServerProcess({ MONGODB_URI: uri }));
  const candidates = await redeem(servers[0] as ServerProcess, CANDIDATES);
  const cutWhole: Step = async (world) => {
    await cuts(world);
    await postsSome(world);
    await heals(world);
  };
  await walk(
    { random: new Random(SEED + 1), servers, proxies, candidates, watchers: [], open: new Map(), story: [] },
    stepsOf({ ...structured(common), cuts: [2, cutWhole], heals: [3, heals] }),
  );
});

function structured(steps: typeof common): Record<string, [number, Step]> {
  return Object.fromEntries(Object.entries(steps).map(([name, [weight, step]]) => [name, [weight, step]]));
}
