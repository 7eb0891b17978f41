import type { OptionReference, PostedEvent, Task } from './vocabulary.ts';

/** An option of the task, or its code. */
export type OptionOrCode = OptionReference | string;

/** How far a candidate is. */
interface Reached {
  isStarted: boolean;
  selection: OptionReference | undefined;
  reasoningText: string | undefined;
}

/** How far the candidate is by everything that happened here, whether or not the server knows it already. */
export class Progress {
  readonly #task: Task;
  /** By what the server has stored. */
  #stored: Reached;
  /** And by what waits to be sent. */
  #now: Reached;

  constructor(task: Task, stored: Reached) {
    this.#task = task;
    this.#stored = stored;
    this.#now = stored;
  }

  get now(): Readonly<Reached> {
    return this.#now;
  }

  /** Something happened, and waits to be sent. */
  follow(event: PostedEvent): void {
    this.#now = after(this.#now, event);
  }

  acknowledge(event: PostedEvent): void {
    this.#stored = after(this.#stored, event);
  }

  /** An event was refused, so it never happened. @param waiting what else has not been answered */
  takeBack(waiting: readonly PostedEvent[]): void {
    this.#now = waiting.reduce(after, this.#stored);
  }

  /** @throws Error if the task has no such option */
  option(option: OptionOrCode): OptionReference {
    if (typeof option !== 'string') return referenceOf(option);
    const found = this.#task.options.find(({ option_code }) => option_code === option);
    if (!found) throw new Error(`The task has no option "${option}".`);
    return referenceOf(found);
  }

  /** The current selection. @throws Error if there is none */
  selected(): OptionReference {
    const { selection } = this.#now;
    if (!selection) throw new Error('No option is selected yet: call optionSelected first.');
    return selection;
  }
}

function after(reached: Reached, { event_type, payload }: PostedEvent): Reached {
  switch (event_type) {
    case 'task_started':
      return { ...reached, isStarted: true };
    case 'option_selected':
      return { ...reached, selection: referenceOf(payload) };
    case 'option_changed': {
      const { to_option_id, to_code } = payload;
      return { ...reached, selection: { option_id: to_option_id, option_code: to_code } };
    }
    case 'reasoning_submitted':
      return { ...reached, reasoningText: payload.text };
    default:
      return reached;
  }
}

const referenceOf = ({ option_id, option_code }: OptionReference): OptionReference => ({
  option_id,
  option_code,
});

/** Words of a text as the server counts them, but for parts without any visible character. */
export const wordsIn = (text: string): number => text.split(/\s+/u).filter((word) => word !== '').length;
