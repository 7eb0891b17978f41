import type { AttemptInput } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine } from '../../../machines/index.ts';
import { attemptNotRedeemed, notFound } from '../../errors.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import { Chain } from '../../proof/chain.ts';
import type { Task } from '../../tasks/task.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from '../attempt.ts';
import { type Projection, projectionOf } from '../stored/projection.ts';
import { AttemptActor } from './attempt-actor.ts';
import { ObservedClocks } from './client-clock.ts';
import { isCompleted } from './machine-state.ts';
import { initialState, nextState } from './machine-steps.ts';
import { replayStream } from './replay.ts';
import { Session } from './session.ts';
import type { SessionServices } from './session-services.ts';
import { Volume } from './volume.ts';

/** Where a session's starting data come from. */
export interface SessionSources {
  findAttempt(attempt_id: string): Promise<Attempt | undefined>;
  task(task_id: string): Promise<Task>;
  /** The key of an attempt; undefined if it was erased. */
  findKey(attempt_id: string): Promise<Uint8Array | undefined>;
  /** The published machine with this id, with its computations provided. */
  machine(machine_id: string): AttemptMachine;
}

/**
 * Rebuilds an attempt's session from its journal, which is read as a stream, so that it costs little memory however
 * long it is. If a completed attempt has no results yet, its actor computes them.
 * @param redeemed the attempt, if it was redeemed just now; nothing is then read from the database
 * @throws Refusal 404 `not_found`, 409 `attempt_not_redeemed`
 * @throws UnreplayableJournal if the journal contains events that the machine or the chain does not allow.
 */
export async function loadSession(
  attempt_id: string,
  sources: SessionSources,
  services: SessionServices,
  redeemed?: RedeemedAttempt,
): Promise<Session> {
  const attempt = redeemed ?? (await sources.findAttempt(attempt_id));
  if (!attempt) throw notFound(`There is no attempt ${attempt_id}.`);
  if (!isRedeemed(attempt)) throw attemptNotRedeemed('The token of this attempt has not been redeemed yet.');

  const task = await sources.task(attempt.task_id);
  const machine = sources.machine(attempt.machine_id);
  const input = { attempt_id, requires_reasoning: task.requires_reasoning };
  const chain = await findChain(attempt, sources);
  if (redeemed) {
    return new Session({ attempt, task, actor: new AttemptActor(machine, input, services, chain) }, services);
  }
  const start = { attempt, machine, input, chain };
  const actor = (await endedActor(start, services)) ?? (await runningActor(start, services));
  const session = new Session({ attempt, task, actor }, services);
  const { feed } = services;
  // Another process may have recorded events since this attempt's watchers were last told anything.
  if (feed.isWatched(attempt_id)) feed.publish(attempt_id, { kind: 'caught_up', view: session.view });
  return session;
}

interface Start {
  attempt: Attempt;
  machine: AttemptMachine;
  input: AttemptInput;
  /** Of an attempt that was redeemed under this release or a later one. */
  chain: Chain | undefined;
}

async function findChain(
  { attempt_id, chain }: Attempt,
  sources: SessionSources,
): Promise<Chain | undefined> {
  return chain && new Chain({ first: chain.first_digest, key: await sources.findKey(attempt_id) });
}

/** An actor that has received every event of the attempt's journal. */
async function runningActor(
  { attempt, machine, input, chain }: Start,
  services: SessionServices,
): Promise<AttemptActor> {
  const actor = new AttemptActor(machine, input, services, chain?.restart());
  try {
    const projection: Partial<Projection> = {};
    for await (const event of services.journal.read(attempt.attempt_id)) {
      Object.assign(projection, projectionOf(event));
      actor.replay(event);
    }
    services.projector.noteMissing(attempt, projection);
  } catch (error) {
    actor.stop();
    throw error;
  }
  if (actor.volume.isOverfull) services.onOverfull(attempt.attempt_id, actor.volume);
  return actor;
}

/**
 * An actor in the final state of a locked or expired attempt, found by replay alone, without running the machine.
 * @returns undefined if the attempt has not ended, or if it was completed at the moment of expiry
 */
async function endedActor(
  { attempt, machine, input, chain }: Start,
  services: SessionServices,
): Promise<AttemptActor | undefined> {
  if (!attempt.is_locked && attempt.status !== 'expired') return undefined;
  const clocks = new ObservedClocks();
  const volume = new Volume();
  const projection: Partial<Projection> = {};
  const noted = async function* (events: AsyncIterable<RecordedEvent>) {
    for await (const event of events) {
      Object.assign(projection, projectionOf(event));
      clocks.note(event);
      volume.note(event);
      chain?.follow(event);
      yield event;
    }
  };
  const journal = services.journal.read(attempt.attempt_id);
  const state = await replayStream(machine, initialState(machine, input), noted(journal));
  if (isCompleted(state) !== attempt.is_locked) return undefined;
  services.projector.noteMissing(attempt, projection);
  if (volume.isOverfull) services.onOverfull(attempt.attempt_id, volume);
  const end = attempt.is_locked ? 'results_saved' : 'attempt_expired';
  return new AttemptActor(machine, nextState(machine, state, { type: end }), services, chain, clocks);
}
