import { LRUCache } from 'lru-cache';
import type { AttemptInput } from '../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot } from '../../machines/index.ts';
import { initialState } from '../attempts/session/machine-steps.ts';
import { continueReplay } from '../attempts/session/replay.ts';
import type { Journal } from '../journal/journal.ts';

/** The state after every so many events is kept. */
const EVERY = 200;
/** Maximum number of states kept over all attempts; each takes about 1 KB. */
const MAX_KEPT = 2000;

/**
 * Finds the state of an attempt after any of its events. Some of the states on the way are kept, so that somebody who
 * reads an attempt page by page does not make it replayed from the beginning for each page.
 */
export class Replays {
  readonly #journal: Pick<Journal, 'read'>;
  readonly #kept = new LRUCache<string, AttemptSnapshot>({ max: MAX_KEPT });

  constructor(journal: Pick<Journal, 'read'>) {
    this.#journal = journal;
  }

  /**
   * The state after the event with this number, or after the last one if there are fewer.
   * @throws UnreplayableJournal
   */
  async stateAfter(
    sequence_number: number,
    machine: AttemptMachine,
    input: AttemptInput,
  ): Promise<AttemptSnapshot> {
    const { attempt_id } = input;
    let state = this.#nearest(attempt_id, sequence_number) ?? initialState(machine, input);
    const after = state.context.sequence_number;
    if (after === sequence_number) return state;
    for await (const event of this.#journal.read(attempt_id, { after, limit: sequence_number - after })) {
      state = continueReplay(machine, state, [event]);
      if (event.sequence_number % EVERY === 0)
        this.#kept.set(`${attempt_id} ${event.sequence_number}`, state);
    }
    return state;
  }

  #nearest(attempt_id: string, sequence_number: number): AttemptSnapshot | undefined {
    for (let number = sequence_number - (sequence_number % EVERY); number > 0; number -= EVERY) {
      const state = this.#kept.get(`${attempt_id} ${number}`);
      if (state) return state;
    }
    return undefined;
  }
}
