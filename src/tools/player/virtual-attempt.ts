import { setImmediate } from 'node:timers/promises';
import { fromPromise } from 'xstate';
import type { ComputationInput } from '../../../machines/attempt-v1.machine.ts';
import { currentMachine, machines } from '../../../machines/index.ts';
import type { AttemptFacts } from '../../attempts/attempt.ts';
import { AttemptActor } from '../../attempts/session/attempt-actor.ts';
import { AttemptFeed } from '../../attempts/session/feed.ts';
import { Session } from '../../attempts/session/session.ts';
import type { SessionServices } from '../../attempts/session/session-services.ts';
import { clockOf } from '../../clock.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Task } from '../../tasks/task.ts';
import { Problem } from '../problem.ts';

/** Results follow from the journal whenever they are asked for; nothing has to be stored before. */
const nothing = fromPromise<void, ComputationInput>(async () => undefined);
const actors = { computeMetrics: nothing, interpretMetrics: nothing };
const virtualMachines = new Map([...machines].map(([id, machine]) => [id, machine.provide({ actors })]));

/** What a server would know of an attempt before its first event. */
interface VirtualStart {
  attempt: AttemptFacts;
  task: Task;
  /** The machine of new attempts, if none is given. */
  machine_id?: string | undefined;
  correctsClientClocks?: boolean;
}

/** What a server gives to an event. */
interface Arrivals extends Pick<SessionServices, 'newEventId'> {
  now(): Date;
}

/** The server's own session and machine for one attempt, over a journal in memory, without anything that takes time. */
export class VirtualAttempt {
  readonly session: Session;
  readonly journal: RecordedEvent[] = [];

  /** @throws Problem for a machine that this release does not have */
  constructor(start: VirtualStart, arrivals: Arrivals) {
    const { attempt, task, machine_id = currentMachine.id, correctsClientClocks = false } = start;
    const machine = virtualMachines.get(machine_id);
    if (!machine) throw new Problem(`This release has no machine "${machine_id}"; use the one that made it.`);
    const clock = clockOf(arrivals.now);
    const services = { ...servicesOver(this.journal), ...arrivals, clock, correctsClientClocks };
    const { attempt_id } = attempt;
    const actor = new AttemptActor(
      machine,
      { attempt_id, requires_reasoning: task.requires_reasoning },
      services,
    );
    this.session = new Session({ attempt, task, actor }, services);
  }

  /** Resolves when nothing is under way any more; a completed attempt is locked then. */
  async settle(): Promise<void> {
    while (!this.session.isIdle) await setImmediate();
  }
}

function servicesOver(
  events: RecordedEvent[],
): Omit<SessionServices, 'clock' | 'newEventId' | 'correctsClientClocks'> {
  const ignore = () => undefined;
  const find = (client_event_id: string) => events.find((event) => event.client_event_id === client_event_id);
  return {
    journal: {
      append: async (event) => {
        const first = event.client_event_id && find(event.client_event_id);
        if (first) return { outcome: 'repeated', first };
        events.push(event);
        return { outcome: 'stored' };
      },
      read: async function* (_attempt_id, { after = 0 } = {}) {
        yield* events.slice(after);
      },
      findRepeated: async (_attempt_id, client_event_id) => find(client_event_id),
    },
    feed: new AttemptFeed(),
    // There is no stored attempt to follow the journal.
    projector: { noteRecorded: ignore, noteExpired: ignore, noteMissing: ignore },
    onUncertain: ignore,
    onClockAhead: ignore,
    onOverfull: ignore,
    onActorFailed: (_attempt_id, error) => {
      throw error;
    },
    mailboxCapacity: 1000,
  };
}
