import { fromPromise } from 'xstate';
import type { ComputationInput } from '../../../machines/attempt.machine.ts';
import { currentMachine } from '../../../machines/index.ts';
import { AttemptFeed } from '../../attempts/feed.ts';
import { Session, type SessionServices } from '../../attempts/session.ts';
import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Task } from '../../tasks/task.ts';
import { madeUpId } from '../scenario/simulated-task.ts';

/** How long an attempt lasts, as a server has it unless it is told otherwise. */
const ATTEMPT_TTL_MS = 86_400_000;

/** Results follow from the journal whenever they are asked for; nothing has to be stored before. */
const nothingToCompute = fromPromise<void, ComputationInput>(async () => undefined);
const machine = currentMachine.provide({
  actors: { computeMetrics: nothingToCompute, interpretMetrics: nothingToCompute },
});

export type VirtualSession = ReturnType<typeof openVirtualSession>;

/**
 * The server's own session, with its machine and decisions, over a journal in memory and the clock `now`. Its
 * attempt begins when it is opened.
 */
export function openVirtualSession(task: Task, now: () => Date) {
  const journal: RecordedEvent[] = [];
  const attempt = {
    attempt_id: madeUpId('a7', 1),
    user_id: madeUpId('c7', 1),
    task_id: task.task_id,
    expires_at: new Date(now().getTime() + ATTEMPT_TTL_MS),
  };
  const services: SessionServices = {
    journal: journalOver(journal),
    feed: new AttemptFeed(),
    // There is no stored attempt to follow the journal.
    projector: {
      noteRecorded: () => undefined,
      noteFromElsewhere: () => undefined,
      noteExpired: () => undefined,
      noteMissing: () => undefined,
    },
    onUncertain: () => undefined,
    onActorFailed: (_attempt_id, error) => {
      throw error;
    },
    now,
    newEventId: () => madeUpId('e7', journal.length + 1),
    isOwnEvent: () => true,
    mailboxCapacity: 1000,
  };
  return { session: new Session({ attempt, task, machine, events: [] }, services), journal };
}

/** What a session needs of a journal, and nothing that takes time. */
function journalOver(events: RecordedEvent[]): SessionServices['journal'] {
  const findRepeated = async (_attempt_id: string, client_event_id: string) =>
    events.find((event) => event.client_event_id === client_event_id);
  return {
    append: async (event) => {
      const { attempt_id, client_event_id } = event;
      const first = client_event_id && (await findRepeated(attempt_id, client_event_id));
      if (first) return { outcome: 'repeated', first };
      events.push(event);
      return { outcome: 'stored' };
    },
    read: async (_attempt_id, { after = 0 } = {}) => events.slice(after),
    findRepeated,
  };
}
