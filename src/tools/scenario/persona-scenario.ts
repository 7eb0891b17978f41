import type { z } from 'zod';
import { RISK_TAGS, type RiskTag, type Task, type TaskOption } from '../../tasks/task.ts';
import type { Persona } from './personas.ts';
import type { SimulatedTask } from './scenario.ts';
import { type Pause, type Step, step } from './steps.ts';

/** Shares of a text that are there when the front end reports progress. */
const DRAFTS = [0.4, 0.8];

type Doing = Pause | z.input<typeof step>;

/**
 * Makes an ordinary scenario of a persona and a task. Writing is left out where the task asks for no reasons.
 * @param pace what one second of a person takes here: 1 in real time, 0.1 at ten times the speed
 */
export function scenarioOf(persona: Persona, task: Task, pace = 1) {
  const steps: Step[] = [];
  let meanwhile: Pause[] = [];
  let at = 0;
  for (const doing of doingsOf(persona, task)) {
    if ('event' in doing) {
      const written = step.parse(doing);
      if (written.event === 'option_viewed') written.duration_ms = meanwhile.at(-1)?.for_ms ?? 0;
      steps.push({ ...written, at, meanwhile });
      meanwhile = [];
    } else {
      const for_ms = Math.round(doing.for_ms * pace);
      meanwhile.push({ ...doing, for_ms });
      at += for_ms;
    }
  }
  const { title, requires_reasoning, time_limit_seconds, marks } = task;
  const options = Object.fromEntries(task.options.map((option) => [option.option_code, option.risk_tag]));
  const simulated: SimulatedTask = { title, requires_reasoning, time_limit_seconds, marks, options };
  return { person: persona.name, task: simulated, steps };
}

/** What the persona does one after the other: pauses of a person's length, and acts that the front end posts. */
function* doingsOf({ acts }: Persona, task: Task): Generator<Doing> {
  let selected: TaskOption | undefined;
  yield { event: 'task_started' };
  for (const act of acts) {
    switch (act.does) {
      case 'reads the scenario':
      case 'thinks':
        yield { doing: act.does, for_ms: act.for };
        break;
      case 'looks':
        for (const option of act.at === 'every' ? task.options : [optionOf(task, act.at)]) {
          const { label, risk_tag, option_code } = option;
          if (risk_tag === act.except) continue;
          yield { doing: `looks at “${label}” (${risk_tag} risk)`, for_ms: act.for };
          yield { event: 'option_viewed', option: option_code, duration_ms: act.for };
        }
        break;
      case 'selects': {
        const from = selected?.option_code;
        selected = optionOf(task, act.option, selected);
        const to = selected.option_code;
        yield from === undefined
          ? { event: 'option_selected', option: to }
          : { event: 'option_changed', from, to };
        break;
      }
      case 'writes':
        if (!task.requires_reasoning) break;
        yield* writing(act.text.replace('{choice}', selected?.label ?? '{choice}'), act.for);
        break;
      case 'leaves':
        yield { event: 'task_abandoned' };
        yield { doing: 'closes the window and is away', for_ms: act.for, away: true };
        break;
    }
  }
  yield { event: 'task_completed', option: selected?.option_code };
}

function* writing(text: string, for_ms: number): Generator<Doing> {
  const words = text.split(/\s+/);
  const part = { doing: 'writes', for_ms: for_ms / (DRAFTS.length + 1) };
  yield { event: 'reasoning_started' };
  for (const share of DRAFTS) {
    yield part;
    yield { event: 'reasoning_updated', text: words.slice(0, Math.round(words.length * share)).join(' ') };
  }
  yield part;
  yield { event: 'reasoning_submitted', text };
}

/** The first option of this risk or, where there is none, of the nearest (the lower first), apart from `other`. */
function optionOf({ task_code, options }: Task, risk: RiskTag, other?: TaskOption): TaskOption {
  const level = (tag: RiskTag) => RISK_TAGS.indexOf(tag);
  const distance = ({ risk_tag }: TaskOption) => Math.abs(level(risk_tag) - level(risk));
  const [best] = options
    .filter((option) => option !== other)
    .sort((a, b) => distance(a) - distance(b) || level(a.risk_tag) - level(b.risk_tag));
  if (!best) throw new Error(`The task ${task_code} has too few options.`);
  return best;
}
