import type { OptionReference, PostedEvent, Task } from './vocabulary.ts';

/** An option of the task, or its code. */
export type OptionOrCode = OptionReference | string;

/** How far the candidate is, by everything that happened here, whether or not the server knows it already. */
export class Progress {
  readonly #task: Task;
  selection: OptionReference | undefined;
  reasoningText: string | undefined;

  constructor(task: Task, selection: OptionReference | null, reasoningText: string | null) {
    this.#task = task;
    this.selection = selection ?? undefined;
    this.reasoningText = reasoningText ?? undefined;
  }

  follow({ event_type, payload }: PostedEvent): void {
    if (event_type === 'option_selected') this.selection = referenceOf(payload);
    if (event_type === 'reasoning_submitted') this.reasoningText = payload.text;
    if (event_type === 'option_changed') {
      this.selection = { option_id: payload.to_option_id, option_code: payload.to_code };
    }
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
    if (!this.selection) throw new Error('No option is selected yet: call optionSelected first.');
    return this.selection;
  }
}

const referenceOf = ({ option_id, option_code }: OptionReference): OptionReference => ({
  option_id,
  option_code,
});

/** Words of a text as the server counts them, but for parts without any visible character. */
export const wordsIn = (text: string): number => text.split(/\s+/u).filter((word) => word !== '').length;
