import type { BehaviorEvent } from '../../events/event-table.ts';
import type { Task, TaskOption } from '../../tasks/task.ts';
import { described, pick } from './options.ts';
import type { Act, Persona } from './persona.ts';

/** Some time that passes and the event that may end it. */
export interface Step {
  /** Real milliseconds of a person. */
  pause_ms: number;
  /** What the candidate does meanwhile, in the third person; absent where there is nothing to tell. */
  doing?: string;
  /** The candidate's window is closed meanwhile. */
  away?: true;
  /** @param spent_ms how long the pause took in this run, in milliseconds. */
  event?: (spent_ms: number) => BehaviorEvent;
}

/** Shares of a text that are there when the front end reports progress. */
const DRAFTS = [0.4, 0.8] as const;

/** What a persona does at one task, to the last event. Writing is left out where the task asks for no reasons. */
export function planOf(persona: Persona, task: Task): Step[] {
  const steps: Step[] = [{ pause_ms: 0, event: () => ({ event_type: 'task_started', payload: {} }) }];
  let selected: TaskOption | undefined;
  for (const act of persona.acts) {
    if (act.does === 'selects') selected = pick(task, act.option);
    const from = selected;
    if (act.does === 'changes') selected = pick(task, act.to, from);
    if (act.does === 'writes' && !task.requires_reasoning) continue;
    steps.push(...stepsOf(act, task, selected, from));
  }
  if (!selected) throw new Error(`The persona ${persona.name} selects nothing.`);
  const { option_id, option_code } = selected;
  const payload = { final_option_id: option_id, final_option_code: option_code };
  steps.push({ pause_ms: 0, event: () => ({ event_type: 'task_completed', payload }) });
  return steps;
}

/** Real milliseconds that the whole plan takes a person. */
export const realTimeOf = (plan: readonly Step[]): number =>
  plan.reduce((sum, step) => sum + step.pause_ms, 0);

function stepsOf(act: Act, task: Task, selected: TaskOption | undefined, from = selected): Step[] {
  switch (act.does) {
    case 'reads':
      return [{ pause_ms: act.for_ms, doing: 'reads the scenario' }];
    case 'thinks':
      return [{ pause_ms: act.for_ms, doing: 'thinks' }];
    case 'looks':
      return described(task, act.at).map((option) => looksAt(option, act.for_ms));
    case 'selects':
      return selected ? [selects(selected)] : [];
    case 'changes':
      return from && selected ? [changes(from, selected)] : [];
    case 'writes':
      return writes(act.text.replace('{choice}', selected?.label ?? 'this one'), act.for_ms);
    case 'leaves':
      return [
        { pause_ms: 0, event: () => ({ event_type: 'task_abandoned', payload: {} }) },
        { pause_ms: act.for_ms, doing: 'closes the window and is away', away: true },
      ];
  }
}

const reference = ({ option_id, option_code }: TaskOption) => ({ option_id, option_code });

function looksAt(option: TaskOption, for_ms: number): Step {
  return {
    pause_ms: for_ms,
    doing: `looks at “${option.label}” (${option.risk_tag} risk)`,
    event: (spent_ms) => ({
      event_type: 'option_viewed',
      payload: { ...reference(option), duration_ms: spent_ms },
    }),
  };
}

const selects = (option: TaskOption): Step => ({
  pause_ms: 0,
  event: () => ({ event_type: 'option_selected', payload: reference(option) }),
});

const changes = (from: TaskOption, to: TaskOption): Step => ({
  pause_ms: 0,
  event: () => ({
    event_type: 'option_changed',
    payload: {
      from_option_id: from.option_id,
      to_option_id: to.option_id,
      from_code: from.option_code,
      to_code: to.option_code,
    },
  }),
});

function writes(text: string, for_ms: number): Step[] {
  const words = text.split(/\s+/);
  const pause_ms = for_ms / (DRAFTS.length + 1);
  const drafts = DRAFTS.map((share): Step => {
    const written = words.slice(0, Math.round(words.length * share));
    const payload = { text_length: written.join(' ').length, word_count: written.length };
    return { pause_ms, doing: 'writes', event: () => ({ event_type: 'reasoning_updated', payload }) };
  });
  const payload = { text, word_count: words.length };
  return [
    { pause_ms: 0, event: () => ({ event_type: 'reasoning_started', payload: {} }) },
    ...drafts,
    { pause_ms, doing: 'writes', event: () => ({ event_type: 'reasoning_submitted', payload }) },
  ];
}
