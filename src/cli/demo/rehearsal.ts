import type { EventRecord, RecordedEvent } from '../../events/recorded-event.ts';
import {
  type ExplainedRule,
  type InferredSkill,
  interpretAndExplain,
} from '../../results/interpretation/interpret.ts';
import { type ComputedMetrics, computeMetrics } from '../../results/metrics/compute-metrics.ts';
import type { Task } from '../../tasks/task.ts';
import type { Step } from './plan.ts';

/** The skills of a run with every rule that was looked at, whoever did. */
export interface Findings {
  inferred_skills: readonly InferredSkill[];
  explanation: readonly ExplainedRule[];
}

export type Rehearsal = Findings & { metrics: ComputedMetrics };

/**
 * What a plan would show, worked out with the server's own formulas and rules without any waiting.
 * @param pace what one second of a person takes here: 1 in real time, 0.1 at ten times the speed.
 * @param delay_ms milliseconds that each event takes to be recorded.
 */
export function rehearse(plan: readonly Step[], task: Task, pace = 1, delay_ms = 0): Rehearsal {
  const metrics = computeMetrics(recorded(plan, pace, delay_ms), task);
  const { interpretation, explanation } = interpretAndExplain(metrics, task);
  return { metrics, inferred_skills: interpretation.inferred_skills, explanation };
}

/** The events as a server would have them in its journal, with made-up ids and the clock at 0. */
function recorded(plan: readonly Step[], pace: number, delay_ms: number): RecordedEvent[] {
  const events: RecordedEvent[] = [];
  let now = 0;
  for (const { pause_ms, event } of plan) {
    const spent_ms = pause_ms * pace;
    now += spent_ms;
    if (!event) continue;
    now += delay_ms;
    const record: EventRecord = {
      event_id: String(events.length + 1),
      attempt_id: 'rehearsal',
      sequence_number: events.length + 1,
      timestamp_client: new Date(now),
      timestamp_server: new Date(now),
      metadata: {},
    };
    events.push({ ...event(spent_ms), ...record });
  }
  return events;
}
