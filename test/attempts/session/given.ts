import { currentMachine } from '../../../machines/index.ts';
import { decide, refuseWithoutSelection } from '../../../src/attempts/session/decide.ts';
import { initialState, nextState } from '../../../src/attempts/session/machine-steps.ts';
import { continueReplay } from '../../../src/attempts/session/replay.ts';
import { Volume } from '../../../src/attempts/session/volume.ts';
import type { Refusal } from '../../../src/errors.ts';
import type { BehaviorEvent } from '../../../src/events/event-table.ts';
import type { Task } from '../../../src/tasks/task.ts';
import { completes, recorded, type Step, taskWith } from '../../support/recorded.ts';

export const NOW = new Date('2025-01-15T10:10:00.000Z');
export const LATER = new Date('2025-01-15T20:00:00.000Z');
export const task = taskWith({ A: 'low', B: 'high', C: 'medium' });
export const withoutReasoning = taskWith({ A: 'low', B: 'high' }, { requires_reasoning: false });
/** An attempt after these events, and the decision on the next one. */
export function given(...steps: Step[]) {
  const attempt = { task: task as Task, expires_at: LATER, expired: false };
  const state = () => {
    const input = { attempt_id: 'a1', requires_reasoning: attempt.task.requires_reasoning };
    const begun = initialState(currentMachine, input);
    const played = continueReplay(currentMachine, begun, recorded(attempt.task, steps));
    return attempt.expired ? nextState(currentMachine, played, { type: 'attempt_expired' }) : played;
  };
  const volume = new Volume();
  const situation = () => {
    const isOver = attempt.expires_at <= NOW;
    return { task: attempt.task, state: state(), volume, now: NOW, latest: NOW, isOver };
  };
  return {
    at(other: Task) {
      attempt.task = other;
      return this;
    },
    expiring(at: Date) {
      attempt.expires_at = at;
      return this;
    },
    thenExpired() {
      attempt.expired = true;
      return this;
    },
    when(event: Step | BehaviorEvent, timestamp_client = NOW): Refusal | undefined {
      const judged = 'act' in event ? event.act(attempt.task) : event;
      const decision = decide(situation(), { ...judged, metadata: {}, timestamp_client });
      return decision.accepted ? undefined : decision.refusal;
    },
    whenCompleting(): Refusal | undefined {
      const { selection } = state().context;
      if (!selection) return refuseWithoutSelection(situation());
      return this.when(completes(0, selection.option_code));
    },
  };
}
