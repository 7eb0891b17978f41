import type { BehaviorEvent } from '../../src/events/event-table.ts';
import type { EventRecord, RecordedEvent } from '../../src/events/recorded-event.ts';
import type { RiskTag, Task, TaskOption } from '../../src/tasks/task.ts';

/*
 * Journals in the domain's language: `recorded(task, [starts(0), views(1_000, 'A', 800), …])`.
 * Times are milliseconds since the first event; options are named by their code.
 */

/** One observed act: when, what, and how its record differs from the default. */
export interface Step {
  at: number;
  act: (task: Task) => BehaviorEvent;
  record?: Partial<EventRecord>;
  /** Milliseconds on the candidate's clock; if absent, the same as `at`. */
  client_at?: number;
}

const TEN_O_CLOCK = Date.UTC(2025, 0, 15, 10, 0, 0);
const hexId = (prefix: string, n: number) => prefix + n.toString(16).padStart(24 - prefix.length, '0');

/** A task whose options have these codes and risks, in this order. */
export function taskWith(risks: Record<string, RiskTag>, facts: Partial<Task> = {}): Task {
  const options = Object.entries(risks).map(
    ([option_code, risk_tag], index): TaskOption => ({
      option_id: hexId('0a', index + 1),
      option_code,
      label: `Option ${option_code}`,
      description: `What option ${option_code} means.`,
      risk_tag,
      metadata: { trade_off_type: 'speed_vs_safety', domain: 'operations' },
      display_order: index + 1,
    }),
  );
  return {
    task_id: hexId('0b', 1),
    task_code: 'example',
    version: 1,
    title: 'Example',
    description: 'A decision.',
    scenario: 'Something must be decided.',
    category: 'prioritization',
    time_limit_seconds: null,
    requires_reasoning: true,
    marks: {},
    is_active: true,
    options,
    ...facts,
  };
}

/** The steps as recorded in the journal, numbered from 1. Both clocks are exact unless a step says otherwise. */
export function recorded(task: Task, steps: readonly Step[]): RecordedEvent[] {
  return steps.map((step, index) => ({
    ...step.act(task),
    event_id: hexId('0e', index + 1),
    attempt_id: hexId('0c', 1),
    sequence_number: index + 1,
    timestamp_client: new Date(TEN_O_CLOCK + (step.client_at ?? step.at)),
    timestamp_server: new Date(TEN_O_CLOCK + step.at),
    metadata: {},
    ...step.record,
  }));
}

export const starts = (at: number): Step => ({
  at,
  act: () => ({ event_type: 'task_started', payload: {} }),
});

export const views = (at: number, code: string, duration_ms: number): Step => ({
  at,
  act: (task) => ({ event_type: 'option_viewed', payload: { ...option(task, code), duration_ms } }),
});

export const selects = (at: number, code: string): Step => ({
  at,
  act: (task) => ({ event_type: 'option_selected', payload: option(task, code) }),
});

export const changes = (at: number, from: string, to: string): Step => ({
  at,
  act: (task) => {
    const [before, after] = [option(task, from), option(task, to)];
    return {
      event_type: 'option_changed',
      payload: {
        from_option_id: before.option_id,
        to_option_id: after.option_id,
        from_code: from,
        to_code: to,
      },
    };
  },
});

export const startsReasoning = (at: number): Step => ({
  at,
  act: () => ({ event_type: 'reasoning_started', payload: {} }),
});

export const updatesReasoning = (at: number, text_length: number, word_count: number): Step => ({
  at,
  act: () => ({ event_type: 'reasoning_updated', payload: { text_length, word_count } }),
});

/** `word_count` is what the front end claims. Nothing may depend on it, so by default it is wrong. */
export const submitsReasoning = (at: number, text: string, word_count = 999): Step => ({
  at,
  act: () => ({ event_type: 'reasoning_submitted', payload: { text, word_count } }),
});

export const abandons = (at: number): Step => ({
  at,
  act: () => ({ event_type: 'task_abandoned', payload: {} }),
});

export const completes = (at: number, code: string): Step => ({
  at,
  act: (task) => {
    const { option_id, option_code } = option(task, code);
    return {
      event_type: 'task_completed',
      payload: { final_option_id: option_id, final_option_code: option_code },
    };
  },
});

/** The step as it is recorded when it arrived in a batch. */
export const inBatch = (step: Step): Step => ({ ...step, record: { ...step.record, batched: true } });

/** The step with another time on the candidate's clock, in milliseconds. */
export const onClientClock = (client_at: number, step: Step): Step => ({ ...step, client_at });

function option(task: Task, code: string): Pick<TaskOption, 'option_id' | 'option_code'> {
  const found = task.options.find((candidate) => candidate.option_code === code);
  if (!found) throw new Error(`The task has no option ${code}.`);
  return { option_id: found.option_id, option_code: found.option_code };
}
