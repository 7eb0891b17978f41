import type { z } from 'zod';
import type { RiskTag, Task, TaskOption } from '../../tasks/task.ts';
import type { Act, Persona } from './personas.ts';
import type { Scenario } from './scenario.ts';
import { type Pause, type Step, step } from './steps.ts';

/** Shares of a text that are there when the front end reports progress. */
const DRAFTS = [0.4, 0.8];

/** Where a task has no option of a risk, the nearest risk stands in. */
const NEAREST: Record<RiskTag, readonly RiskTag[]> = {
  low: ['low', 'medium', 'high'],
  medium: ['medium', 'low', 'high'],
  high: ['high', 'medium', 'low'],
};

/** What a persona does at one task; it expects nothing. */
export type PersonaScenario = Pick<Scenario, 'person' | 'task' | 'steps'>;

/**
 * Makes an ordinary scenario of a persona and a task. Writing is left out where the task asks for no reasons.
 * @param pace what one second of a person takes here: 1 in real time, 0.1 at ten times the speed.
 */
export function scenarioOf({ name, acts }: Persona, task: Task, pace = 1): PersonaScenario {
  const script = new Script(task, pace);
  script.add({ event: 'task_started' });
  for (const act of acts) script.perform(act);
  script.add({ event: 'task_completed', option: script.selected.option_code });
  const { title, requires_reasoning, time_limit_seconds, marks } = task;
  const options = Object.fromEntries(task.options.map((option) => [option.option_code, option.risk_tag]));
  return {
    person: name,
    task: { title, requires_reasoning, time_limit_seconds, marks, options },
    steps: script.steps,
  };
}

/** The steps so far, and how the person stands after them. */
class Script {
  readonly steps: Step[] = [];
  readonly #task: Task;
  readonly #pace: number;
  #now = 0;
  #meanwhile: Pause[] = [];
  #selected: TaskOption | undefined;

  constructor(task: Task, pace: number) {
    this.#task = task;
    this.#pace = pace;
  }

  /** @throws Error where nothing is selected yet. */
  get selected(): TaskOption {
    if (!this.#selected) throw new Error('A persona must select an option before it does anything with it.');
    return this.#selected;
  }

  add(written: z.input<typeof step>): void {
    this.steps.push({ ...step.parse(written), at: this.#now, meanwhile: this.#meanwhile });
    this.#meanwhile = [];
  }

  perform(act: Act): void {
    switch (act.does) {
      case 'reads':
        this.#pause(act.for, 'reads the scenario');
        break;
      case 'thinks':
        this.#pause(act.for, 'thinks');
        break;
      case 'looks':
        for (const { label, risk_tag, option_code } of this.#options(act.at, act.except)) {
          const duration_ms = this.#pause(act.for, `looks at “${label}” (${risk_tag} risk)`);
          this.add({ event: 'option_viewed', option: option_code, duration_ms });
        }
        break;
      case 'selects':
        this.#selected = this.#pick(act.option);
        this.add({ event: 'option_selected', option: this.selected.option_code });
        break;
      case 'changes': {
        const from = this.selected;
        this.#selected = this.#pick(act.to, from);
        this.add({ event: 'option_changed', from: from.option_code, to: this.selected.option_code });
        break;
      }
      case 'writes':
        if (this.#task.requires_reasoning) this.#write(act.text, act.for);
        break;
      case 'leaves':
        this.add({ event: 'task_abandoned' });
        this.#pause(act.for, 'closes the window and is away', true);
        break;
    }
  }

  /** @returns the whole milliseconds that it takes at this pace. */
  #pause(person_ms: number, doing: string, away = false): number {
    const for_ms = Math.round(person_ms * this.#pace);
    this.#now += for_ms;
    this.#meanwhile.push({ doing, for_ms, away });
    return for_ms;
  }

  #write(written: string, for_ms: number): void {
    const text = written.replace('{choice}', this.selected.label);
    const words = text.split(/\s+/);
    const part_ms = for_ms / (DRAFTS.length + 1);
    this.add({ event: 'reasoning_started' });
    for (const share of DRAFTS) {
      this.#pause(part_ms, 'writes');
      const draft = words.slice(0, Math.round(words.length * share));
      this.add({ event: 'reasoning_updated', text: draft.join(' ') });
    }
    this.#pause(part_ms, 'writes');
    this.add({ event: 'reasoning_submitted', text });
  }

  #options(at: RiskTag | 'every', except: RiskTag | undefined): TaskOption[] {
    return at === 'every'
      ? this.#task.options.filter(({ risk_tag }) => risk_tag !== except)
      : [this.#pick(at)];
  }

  /** The option that fits best, apart from `other`. @throws Error where the task has no other. */
  #pick(risk: RiskTag, other?: TaskOption): TaskOption {
    const options = this.#task.options.filter((option) => option !== other);
    for (const nearest of NEAREST[risk]) {
      const option = options.find(({ risk_tag }) => risk_tag === nearest);
      if (option) return option;
    }
    throw new Error(`The task ${this.#task.task_code} has too few options.`);
  }
}
