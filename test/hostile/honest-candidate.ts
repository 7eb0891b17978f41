import { fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, inject } from 'vitest';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { createTask } from '../support/assessment.ts';
import { atTheEnd } from '../support/at-the-end.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { selects, starts } from '../support/recorded.ts';
import type { ServerProcess } from '../support/server-process.ts';
import type { HonestReport, HonestTask } from './honest-process.ts';

const PROGRAM = fileURLToPath(new URL('honest-process.ts', import.meta.url));
/** Acknowledgements before anything counts. */
const WARM_UP = 30;
const AT_REST_MS = 3000;
/** A 99th percentile below this counts as this: on a machine with 2 cores, the attacker alone delays anybody so much. */
const LEAST_P99_MS = 25;
/** What a server may keep after an attack: the heap's free pages, which Node gives back late. In MiB. */
const KEPT_MIB = 100;

/** An honest candidate who posts all the time, and what this candidate sees while others attack. */
export class HonestCandidate {
  readonly #server: ServerProcess;
  readonly #report: () => Promise<HonestReport>;
  #restP99 = 0;
  #restRss = 0;

  private constructor(server: ServerProcess, report: () => Promise<HonestReport>) {
    this.#server = server;
    this.#report = report;
  }

  /** Admits a candidate, who then posts until the test ends; resolves when it is known what is normal. */
  static async start(server: ServerProcess, staff: ApiClient): Promise<HonestCandidate> {
    const honest = await HonestCandidate.#admit(server, staff);
    await honest.#rest();
    return honest;
  }

  /** Admits another candidate after the server was started again. What is normal is known from this one. */
  async startAgain(staff: ApiClient): Promise<HonestCandidate> {
    const again = await HonestCandidate.#admit(this.#server, staff);
    again.#restP99 = this.#restP99;
    again.#restRss = this.#restRss;
    return again;
  }

  static async #admit(server: ServerProcess, staff: ApiClient): Promise<HonestCandidate> {
    const task = await createTask(staff);
    const candidate = await admitCandidate(staff, staff.as(undefined), task);
    await candidate.does(starts(0), selects(1, 'A'));
    const child = fork(PROGRAM, { execArgv: ['--import', 'tsx'] });
    atTheEnd(() => {
      child.kill('SIGKILL');
    });
    const [option] = task.options;
    if (!option) throw new Error('The task has no options.');
    const { option_id, option_code } = option;
    const { url } = server;
    const { token, attempt_id } = candidate;
    child.send({ url, token, attempt_id, option: { option_id, option_code } } satisfies HonestTask);
    return new HonestCandidate(server, async () => {
      child.send('report');
      return ((await once(child, 'message')) as [HonestReport])[0];
    });
  }

  async #rest(): Promise<void> {
    let warm = 0;
    await eventually(async () => {
      warm += (await this.#report()).acknowledgedMs.length;
      expect(warm).toBeGreaterThan(WARM_UP);
    });
    await sleep(AT_REST_MS);
    const { acknowledgedMs, refused } = await this.#report();
    expect(refused).toEqual([]);
    this.#restP99 = p99(acknowledgedMs);
    this.#restRss = this.#server.rss;
  }

  /**
   * Lets `attack` happen. This candidate must see no refusal meanwhile, and the server's memory must be back at
   * rest afterwards. The 99th percentile should stay below 3 times the normal one; the summary says where it does not.
   * @returns what `attack` returns
   */
  async isUndisturbedBy<T>(attack: () => Promise<T>): Promise<T> {
    await this.#report();
    const since = performance.now();
    const result = await attack();
    const seconds = (performance.now() - since) / 1000;
    const { acknowledgedMs, refused } = await this.#report();
    const seen = {
      acknowledged: acknowledgedMs.length,
      p99: Math.round(p99(acknowledgedMs)),
      restP99: Math.round(this.#restP99),
      rss: this.#server.rss,
      restRss: this.#restRss,
    };
    // Reported and not asserted: on a busy machine it says more about the machine.
    const isSlow = seen.p99 > 3 * Math.max(this.#restP99, LEAST_P99_MS);
    appendFileSync(
      inject('seen'),
      `hostile: ${expect.getState().currentTestName}: in ${seconds.toFixed(1)} s ${seen.acknowledged} honest events, ` +
        `p99 ${seen.p99} ms (${seen.restP99} at rest${isSlow ? ', MORE THAN 3 TIMES' : ''}), ${seen.rss} MiB (${seen.restRss} at rest)\n`,
    );
    expect(refused, 'refused events of an honest candidate').toEqual([]);
    expect(seen.acknowledged).toBeGreaterThan(0);
    await eventually(() => expect(this.#server.rss).toBeLessThanOrEqual(this.#restRss + KEPT_MIB));
    return result;
  }
}

function p99(milliseconds: readonly number[]): number {
  const sorted = [...milliseconds].sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.99) - 1] ?? 0;
}
