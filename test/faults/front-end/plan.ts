import type { Task } from '../../../src/tasks/task.ts';
import type { Random } from '../random.ts';
import type { Act } from './candidate-page.ts';

/** What a candidate does in a run, act by act, and what the journal must say of it. */
export class Plan {
  readonly expected: [event_type: string, payload: object][] = [];
  readonly #task: Task;
  readonly #random: Random;
  readonly #viewed = new Set<string>();
  #selection: string | undefined;

  constructor(task: Task, random: Random) {
    this.#task = task;
    this.#random = random;
  }

  get selection(): string | undefined {
    return this.#selection;
  }

  /** The flags that the record deserves, whatever happens to the line. */
  get flags(): string[] {
    const flags = this.#viewed.size === 0 ? ['no_option_viewed'] : [];
    return this.#viewed.has(this.#selection ?? '') ? flags : [...flags, 'final_option_not_viewed'];
  }

  start(): Act {
    this.expected.push(['task_started', {}]);
    return ['taskStarted'];
  }

  complete(): Act {
    const { option_id, option_code } = this.#option(this.#selection ?? '');
    this.expected.push(['task_completed', { final_option_id: option_id, final_option_code: option_code }]);
    return ['complete'];
  }

  /** Any act; the first one is a choice, so that there is one. */
  next(): Act {
    const code = this.#random.pick(['A', 'B', 'C']);
    if (!this.#selection) return this.#choose(code);
    switch (this.#random.below(4)) {
      case 0: {
        const duration_ms = this.#random.below(30);
        this.#viewed.add(code);
        this.expected.push(['option_viewed', { ...this.#option(code), duration_ms }]);
        return ['optionViewed', code, duration_ms];
      }
      case 1:
        this.expected.push(['reasoning_started', {}]);
        return ['reasoningStarted'];
      case 2: {
        const text = `Because of ${this.#random.below(1000)} 🙂`;
        this.expected.push(['reasoning_submitted', { text, word_count: 4 }]);
        return ['reasoningSubmitted', text];
      }
      default:
        return this.#choose(code);
    }
  }

  #choose(code: string): Act {
    const from = this.#selection;
    const to = this.#option(code);
    this.#selection = code;
    if (from === undefined || from === code) {
      this.expected.push(['option_selected', to]);
      return ['optionSelected', code];
    }
    const { option_id: from_option_id, option_code: from_code } = this.#option(from);
    const payload = { from_option_id, from_code, to_option_id: to.option_id, to_code: code };
    this.expected.push(['option_changed', payload]);
    return ['optionChanged', code];
  }

  #option(option_code: string) {
    const { option_id = '' } = this.#task.options.find((option) => option.option_code === option_code) ?? {};
    return { option_id, option_code };
  }
}
