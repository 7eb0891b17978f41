import { inject } from 'vitest';
import { eventually } from '../support/eventually.ts';
import type { Served } from '../support/served.ts';
import type { Outcome, PersistentCandidate } from './persistent-candidate.ts';
import { Random, SEED } from './random.ts';
import { note } from './summary.ts';

/** Candidates who post one event after another without a pause and retry whatever goes wrong. */
export class Load {
  readonly #candidates: readonly PersistentCandidate[];
  readonly #servers: readonly Served[];
  readonly #random: Random;
  #running = true;
  readonly #loops: Promise<void>[];
  /** Answers other than acknowledgements, for the test to judge. */
  readonly outcomes: Outcome[] = [];

  /** @param servers each try goes to a random one */
  constructor(candidates: readonly PersistentCandidate[], servers: readonly Served[], seed = SEED) {
    this.#candidates = candidates;
    this.#servers = servers;
    this.#random = new Random(seed);
    this.#loops = candidates.map((candidate) => this.#run(candidate));
  }

  get acknowledged(): number {
    return this.#candidates.reduce((total, { acknowledged }) => total + acknowledged.length, 0);
  }

  /** Resolves when this many more events have been acknowledged. @returns how long that took, in milliseconds */
  async progress(more: number): Promise<number> {
    const since = Date.now();
    const target = this.acknowledged + more;
    await eventually(
      () => {
        if (this.acknowledged < target) {
          const recent = this.outcomes.slice(-5).map((outcome) => JSON.stringify(outcome));
          throw new Error(`Only ${this.acknowledged} of ${target} were acknowledged; lately: ${recent}`);
        }
      },
      { everyMs: 5 },
    );
    return Date.now() - since;
  }

  /** Lets everybody finish the event in hand. */
  async stop(): Promise<void> {
    this.#running = false;
    await Promise.all(this.#loops);
    note(inject('figures'), { acknowledged: this.acknowledged });
  }

  async #run(candidate: PersistentCandidate): Promise<void> {
    while (this.#running) {
      const event = candidate.next(this.#random);
      let outcome: Outcome | undefined;
      while (outcome?.kind !== 'acknowledged') {
        outcome = await candidate.send(this.#random.pick(this.#servers), event);
        if (outcome.kind === 'acknowledged') break;
        this.outcomes.push(outcome);
        if (outcome.kind === 'refused' && outcome.status < 500) break;
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }
}
