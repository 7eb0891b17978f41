import fc, { type AsyncCommand } from 'fast-check';
import { expect, inject } from 'vitest';
import type { DatabaseProxy, ProxyMode } from '../support/database-proxy.ts';
import { eventually } from '../support/eventually.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { PersistentCandidate, Posted } from './persistent-candidate.ts';
import { Random } from './random.ts';
import { ReturningWatcher } from './returning-watcher.ts';
import { note } from './summary.ts';

export const CANDIDATES = 5;

/** What the front ends know and what is broken now; it decides which commands are possible. */
export interface Model {
  readonly candidates: readonly PersistentCandidate[];
  /** The event each candidate has in hand: a front end sends it again until it is acknowledged. */
  readonly inHand: Map<PersistentCandidate, Posted>;
  /** How many sockets watch each candidate's attempt. */
  readonly watching: Map<PersistentCandidate, number>;
  readonly broken: Set<DatabaseProxy>;
}

/** The processes, connections and sockets that commands act on. */
export interface Real {
  readonly servers: readonly ServerProcess[];
  /** One in front of each server's database, if the database is not the server's own. */
  readonly proxies: readonly DatabaseProxy[];
  readonly watchers: ReturningWatcher[];
  /** Requests waiting for an answer; other commands run meanwhile. */
  readonly flights: Map<PersistentCandidate, Promise<void>[]>;
}

type Command = AsyncCommand<Model, Real>;

/** A command as a line of the counterexample that fast-check prints. */
function command(name: string, run: Command['run'], check: Command['check'] = () => true): Command {
  return { check, run, toString: () => name };
}

/** Maps any number to an existing item, so that a shrunk command is meaningful in both worlds. */
function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

/** Sends the event in hand without waiting for the answer, which must be "stored" or "try again". */
function send(
  model: Model,
  real: Real,
  candidate: PersistentCandidate,
  server: ServerProcess,
  event: Posted,
): void {
  const flight = candidate.send(server, event, 6000).then((outcome) => {
    if (outcome.kind === 'acknowledged') {
      if (model.inHand.get(candidate) === event) model.inHand.delete(candidate);
    } else if (outcome.kind === 'refused') {
      expect(outcome.status, JSON.stringify({ outcome, event })).toBe(503);
    }
  });
  // The failure is handled when the request is awaited; until then it must not count as unhandled.
  flight.catch(() => undefined);
  real.flights.set(candidate, [...(real.flights.get(candidate) ?? []), flight]);
}

/** Waits until a candidate has an answer to every request. @throws if one of them was wrong */
export async function land({ flights }: Real, candidate: PersistentCandidate): Promise<void> {
  await Promise.all(flights.get(candidate) ?? []);
  flights.delete(candidate);
}

/** Sends the candidate's next event, or repeats the one in hand. */
const post = (who: number, where: number, seed: number): Command =>
  command(`post(${who}, ${where}, ${seed})`, async (model, real) => {
    const candidate = at(model.candidates, who);
    await land(real, candidate);
    const event = model.inHand.get(candidate) ?? candidate.next(new Random(seed));
    model.inHand.set(candidate, event);
    send(model, real, candidate, at(real.servers, where), event);
  });

/** Sends the event in hand again while an earlier request is still waiting for its answer. */
const retry = (who: number, where: number): Command =>
  command(
    `retry(${who}, ${where})`,
    async (model, real) => {
      const candidate = at(model.candidates, who);
      const event = model.inHand.get(candidate);
      if (event) send(model, real, candidate, at(real.servers, where), event);
    },
    (model) => model.inHand.has(at(model.candidates, who)),
  );

const killServer = (which: number): Command =>
  command(`killServer(${which})`, async (_model, { servers }) => {
    const server = at(servers, which);
    await server.kill();
    note(inject('figures'), { kills: 1 });
    await server.start();
  });

const killEngine = (which: number): Command =>
  command(`killEngine(${which})`, async (_model, { servers }) => {
    // It may need a moment to be back after the last kill.
    await eventually(() => at(servers, which).killEngine());
    note(inject('figures'), { kills: 1 });
  });

/** Only if its database is there: a server does not start without it. */
const restart = (which: number): Command =>
  command(
    `restart(${which})`,
    async (_model, { servers }) => {
      const server = at(servers, which);
      expect((await server.terminate()).code).toBe(0);
      await server.start();
    },
    ({ broken }) => broken.size === 0,
  );

const connect = (who: number, where: number): Command =>
  command(`connect(${who}, ${where})`, async ({ candidates, watching }, { servers, watchers }) => {
    const candidate = at(candidates, who);
    watching.set(candidate, (watching.get(candidate) ?? 0) + 1);
    watchers.push(new ReturningWatcher(candidate).connect(at(servers, where)));
  });

/** Loses the connection; the watcher reconnects automatically with `since`. */
const disconnect = (who: number): Command =>
  command(
    `disconnect(${who})`,
    async ({ candidates }, { watchers }) => {
      const { attempt_id } = at(candidates, who);
      for (const watcher of watchers) if (watcher.attempt_id === attempt_id) watcher.drop();
    },
    ({ candidates, watching }) => watching.has(at(candidates, who)),
  );

const cut = (which: number, mode: ProxyMode): Command =>
  command(
    `cut(${which}, ${mode})`,
    async ({ broken }, { proxies }) => {
      const proxy = at(proxies, which);
      broken.add(proxy);
      proxy.set(mode);
      note(inject('figures'), { cuts: 1 });
    },
    ({ broken }) => broken.size === 0,
  );

const heal = (): Command =>
  command(
    'heal()',
    async ({ broken }) => {
      for (const proxy of broken) proxy.set('pass');
      broken.clear();
    },
    ({ broken }) => broken.size > 0,
  );

const who = fc.nat(CANDIDATES - 1);
const where = fc.nat(1);
const posts = fc.tuple(who, where, fc.nat(9999)).map((args) => post(...args));
const retries = fc.tuple(who, where).map((args) => retry(...args));
const connects = fc.tuple(who, where).map((args) => connect(...args));
// Posts are the most frequent command, so that everything else happens under load.
const common = [...Array(12).fill(posts), retries, retries, retries, connects, who.map(disconnect)];

/** A server with its own engine: processes die. */
export const processesDie = [...common, where.map(killServer), where.map(killEngine), where.map(restart)];

/** Two servers, each with its own connection to one database: connections break. */
export const connectionsBreak = [
  ...common,
  fc
    .tuple(where, fc.constantFrom<ProxyMode>('cut', 'silent', 'deaf', 'half-closed'))
    .map((args) => cut(...args)),
  fc.constant(null).map(heal),
  where.map(restart),
];
