import type { Journal } from '../../journal/journal.ts';
import type { AttemptProjector } from '../stored/attempt-projector.ts';
import type { AttemptActor } from './attempt-actor.ts';
import { isExpired } from './machine-state.ts';

export interface CatchingUpServices {
  journal: Pick<Journal, 'read'>;
  projector: Pick<AttemptProjector, 'noteRecorded'>;
}

/** Applies the events that the journal has and the actor has not. @returns whether there were any */
export async function applyMissing(
  actor: AttemptActor,
  { journal, projector }: CatchingUpServices,
): Promise<boolean> {
  const { attempt_id, sequence_number: known } = actor.state.context;
  const hadExpired = isExpired(actor.state);
  let hasMoved = false;
  try {
    for await (const event of journal.read(attempt_id, { after: known })) {
      if (hadExpired && !hasMoved) await reopen(actor, journal);
      hasMoved = true;
      // The process that recorded the event may have ended before it updated the stored attempt.
      projector.noteRecorded(event);
      actor.apply(event);
    }
  } finally {
    if (hadExpired) actor.signal('attempt_expired');
  }
  return hasMoved;
}

/**
 * Restarts an expired actor and sends it its events again. Expiry is a final state and is not recorded, so this is the
 * only way back to the state before it.
 */
async function reopen(actor: AttemptActor, journal: Pick<Journal, 'read'>): Promise<void> {
  const { attempt_id, sequence_number: last } = actor.state.context;
  actor.restart();
  if (last === 0) return;
  for await (const event of journal.read(attempt_id, { limit: last })) actor.replay(event);
}
