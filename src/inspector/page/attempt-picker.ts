import type { Task } from '../../tasks/task.ts';
import type { Api } from './api.ts';
import { make } from './dom.ts';
import type { WireAttempt } from './wire.ts';

/** How many attempts of a kind are offered; whoever wants an older one opens `/machines#` and its id. */
const LIMIT = 50;

/** The list of attempts to choose from. */
export class AttemptPicker {
  readonly #select: HTMLSelectElement;
  readonly #api: Api;
  readonly #titles = new Map<string, string>();
  #drawn = '';

  /** @param choose called with the attempt that the reader chose. */
  constructor(select: HTMLSelectElement, api: Api, choose: (attempt_id: string) => void) {
    this.#select = select;
    this.#api = api;
    select.addEventListener('change', () => choose(select.value));
  }

  /** Looks which attempts there are. @returns the newest that a candidate has begun with, by its id. */
  async refresh(selected: string | undefined): Promise<string | undefined> {
    const [pending, running, completed, expired] = await Promise.all(
      ['pending', 'in_progress', 'completed', 'expired'].map((status) => this.#redeemed(status)),
    );
    const open = [...(pending ?? []), ...(running ?? [])].sort(newestFirst);
    const over = [...(completed ?? []), ...(expired ?? [])].sort(newestFirst).slice(0, LIMIT);
    await this.#learnTitles([...open, ...over]);
    this.#draw(open, over, selected);
    return [...open, ...over].sort(newestFirst)[0]?.attempt_id;
  }

  async #redeemed(status: string): Promise<WireAttempt[]> {
    const page = `api/v1/attempts?status=${status}&limit=${LIMIT}`;
    const { attempts } = await this.#api.get<{ attempts: WireAttempt[] }>(page);
    return attempts.filter(({ redeemed_at }) => redeemed_at !== null);
  }

  async #learnTitles(attempts: readonly WireAttempt[]): Promise<void> {
    for (const { task_id } of attempts) {
      if (this.#titles.has(task_id)) continue;
      const { task } = await this.#api.get<{ task: Pick<Task, 'title' | 'version'> }>(
        `api/v1/tasks/${task_id}`,
      );
      this.#titles.set(task_id, task.version > 1 ? `${task.title} (v${task.version})` : task.title);
    }
  }

  #draw(open: readonly WireAttempt[], over: readonly WireAttempt[], selected: string | undefined): void {
    const known = [...open, ...over].some(({ attempt_id }) => attempt_id === selected);
    const groups = [
      ...(selected && !known ? [make('option', { value: selected }, `Attempt ${selected}`)] : []),
      ...(selected ? [] : [make('option', { value: '' }, 'None yet')]),
      ...this.#group('Running', open),
      ...this.#group('Over', over),
    ];
    const drawn = groups.map(({ outerHTML }) => outerHTML).join('');
    // An open list must not change under the reader's hand for nothing.
    if (drawn !== this.#drawn) this.#select.replaceChildren(...groups);
    this.#drawn = drawn;
    this.#select.value = selected ?? '';
  }

  #group(label: string, attempts: readonly WireAttempt[]): HTMLElement[] {
    if (attempts.length === 0) return [];
    const options = attempts.map((attempt) =>
      make('option', { value: attempt.attempt_id }, this.#label(attempt)),
    );
    return [make('optgroup', { label }, ...options)];
  }

  #label({ attempt_id, task_id, candidate_email, redeemed_at, status }: WireAttempt): string {
    const time = new Date(redeemed_at ?? 0).toLocaleString('en-GB', {
      dateStyle: 'short',
      timeStyle: 'medium',
    });
    const who = candidate_email ?? `candidate …${attempt_id.slice(-4)}`;
    return `${this.#titles.get(task_id) ?? task_id} · ${who} · ${status.replace('_', ' ')} · ${time}`;
  }
}

const newestFirst = (a: WireAttempt, b: WireAttempt): number =>
  (b.redeemed_at ?? '').localeCompare(a.redeemed_at ?? '') || b.attempt_id.localeCompare(a.attempt_id);
