import type { BehaviorEvent } from '../../src/events/event-table.ts';
import type { Task } from '../../src/tasks/task.ts';

/** What a candidate does, without the time. */
export type Act = BehaviorEvent;

const TEXT =
  'Because the transfers concern money of other people, they come first; however, the possible hole must be looked at ' +
  'next. Therefore two of us look for the cause and the third writes to everybody who waits, as a result of which the ' +
  'tickets can wait until the afternoon. Finally, the demo is moved, which is unpleasant but harms nobody.';

/** Twelve events: four views, a selection, a change of mind, reasoning, completion. ASCII only. */
export function playedActs(task: Task): Act[] {
  const [a, b, c, d] = task.options.map(({ option_id, option_code }) => ({ option_id, option_code }));
  if (!a || !b || !c || !d) throw new Error('The benchmark plays a task with four options.');
  return [
    { event_type: 'task_started', payload: {} },
    { event_type: 'option_viewed', payload: { ...a, duration_ms: 4200 } },
    { event_type: 'option_viewed', payload: { ...b, duration_ms: 3100 } },
    { event_type: 'option_viewed', payload: { ...c, duration_ms: 2600.5 } },
    { event_type: 'option_viewed', payload: { ...d, duration_ms: 5300 } },
    { event_type: 'option_selected', payload: a },
    { event_type: 'reasoning_started', payload: {} },
    { event_type: 'reasoning_updated', payload: { text_length: 120, word_count: 20 } },
    {
      event_type: 'option_changed',
      payload: {
        from_option_id: a.option_id,
        from_code: a.option_code,
        to_option_id: d.option_id,
        to_code: d.option_code,
      },
    },
    { event_type: 'reasoning_updated', payload: { text_length: TEXT.length, word_count: 60 } },
    { event_type: 'reasoning_submitted', payload: { text: TEXT, word_count: 60 } },
    {
      event_type: 'task_completed',
      payload: { final_option_id: d.option_id, final_option_code: d.option_code },
    },
  ];
}

/** `length` events of an attempt that stays open. */
export function openActs(task: Task, length: number): Act[] {
  const acts = playedActs(task).slice(0, -1);
  const [start, view] = acts;
  if (!start || !view) throw new Error('unreachable');
  return [start, ...Array.from({ length: length - 1 }, (_, index) => acts[1 + (index % 4)] ?? view)];
}

/** The request body that posts an act. */
export const bodyOf = (attempt_id: string, { event_type, payload }: Act): string =>
  JSON.stringify({
    attempt_id,
    event_type,
    timestamp_client: new Date().toISOString(),
    payload,
    metadata: { client_session_id: 'bench', user_agent: 'Mozilla/5.0 (X11; Linux x86_64)' },
    client_event_id: `${attempt_id}-${(counter++).toString(36)}`,
  });

let counter = 0;
