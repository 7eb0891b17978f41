import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/tasks/task.ts';
import { type Act, CandidatePage, candidatePage } from '../client/candidate-page.ts';
import { servePages } from '../client/page-server.ts';
import { logInAsAdmin } from '../support/administrator.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { BadLine } from '../support/bad-line.ts';
import { readLog } from '../support/candidate.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { startServerProcess } from '../support/server-process.ts';
import { Random, SEED } from './random.ts';

/** How many random runs, how long a dead line is dead and a slow one slow; the whole trial has 50, 20 000 and 1500. */
const RUNS = Number(process.env['FRONT_END_RUNS'] ?? 5);
const OFFLINE_MS = Number(process.env['FRONT_END_OFFLINE_MS'] ?? 3000);
const SLOW_MS = Number(process.env['FRONT_END_SLOW_MS'] ?? 500);
/** Of a hundred answers. */
const LOST_ANSWERS = 5;
const CLOCKS_AHEAD_MS = [0, 0, 3_600_000, -600_000];
/** What a record may be flagged with, because it happens in these runs. */
const HAPPENED = ['events_batched', 'clock_skew', 'no_option_viewed', 'final_option_not_viewed'];

const executablePath = findChromium();
let line: BadLine;
const address = await servePages(() => candidatePage(line.url));
const server = await startServerProcess({ CORS_ORIGINS: address, LOG_LEVEL: 'fatal' });
line = await BadLine.before(server);
const admin = await logInAsAdmin(server);
const task = await createTask(admin);

/** What a candidate does in a run, and what the journal must say of it. */
class Plan {
  readonly expected: [event_type: string, payload: object][] = [];
  #selection: string | undefined;
  readonly #task: Task;

  constructor(task: Task) {
    this.#task = task;
  }

  #option(option_code: string) {
    const { option_id = '' } = this.#task.options.find((option) => option.option_code === option_code) ?? {};
    return { option_id, option_code };
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

  /** Any act; the first choice comes early, so that there is one. */
  next(random: Random): Act {
    const code = random.pick(['A', 'B', 'C']);
    if (!this.#selection) return this.#choose(code);
    switch (random.below(4)) {
      case 0: {
        const duration_ms = random.below(30);
        this.expected.push(['option_viewed', { ...this.#option(code), duration_ms }]);
        return ['optionViewed', code, duration_ms];
      }
      case 1:
        this.expected.push(['reasoning_started', {}]);
        return ['reasoningStarted'];
      case 2: {
        const text = `Because of ${random.below(1000)} 🙂`;
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

  get selection(): string | undefined {
    return this.#selection;
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!executablePath)('a front end in a real browser, with the client alone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(() => browser.close());

  /** What may happen to a candidate in the middle of the task. @returns the tab in which it goes on */
  const mishaps: Record<
    string,
    (tab: CandidatePage, context: BrowserContext, token: string) => Promise<CandidatePage>
  > = {
    offline: async (tab) => {
      line.cut();
      setTimeout(() => line.mend(), OFFLINE_MS);
      return tab;
    },
    reload: async (tab) => {
      await tab.reload();
      return tab;
    },
    'second tab': async (_tab, context, token) => CandidatePage.open(context, address, token),
    'server killed': async (tab) => {
      await server.kill();
      setTimeout(() => server.start(), 500);
      return tab;
    },
  };

  it.each(Array.from({ length: RUNS }, (_, run) => run))(
    'run %i: the log is what the candidate did',
    async (run) => {
      const random = new Random(SEED + run);
      const { token, attempt_id } = await eventually(() => issueToken(admin.at(server), task));
      const context = await browser.newContext();
      const ahead = random.pick(CLOCKS_AHEAD_MS);
      const names = Object.keys(mishaps).filter(() => random.below(2) === 0);
      line.trouble = (path) => {
        if (path.startsWith('/client/')) return {};
        const delayMs = 0.07 * SLOW_MS + random.below(SLOW_MS);
        return random.below(100) < LOST_ANSWERS ? { delayMs, loses: 'answer' } : { delayMs };
      };
      const plan = new Plan(task);
      let tab = await CandidatePage.open(context, address, token, ahead);
      await tab.does(...plan.start());
      const acts = 8 + random.below(8);
      const when = new Map(names.map((name) => [1 + random.below(acts - 1), name]));
      for (let n = 0; n < acts; n += 1) {
        await tab.does(...plan.next(random));
        await pause(random.below(200));
        const name = when.get(n);
        if (name) tab = (await mishaps[name]?.(tab, context, token)) ?? tab;
        expect(await tab.selection(), `selection after ${name}`).toBe(plan.selection);
      }
      await tab.does(...plan.complete());
      await tab.flush();
      const what = `run ${run}: clock ${ahead} ms ahead, ${names.join(', ')}`;
      const log = await readLog(admin.at(server), attempt_id);
      expect(await tab.refusals(), what).toEqual([]);
      expect(
        log.map(({ event_type, payload }) => [event_type, payload]),
        what,
      ).toEqual(plan.expected);
      const metrics = await eventually(() =>
        admin.at(server).call<{ quality_flags: string[] }>('GET', `/attempts/${attempt_id}/metrics`),
      );
      expect(
        metrics.quality_flags.filter((flag) => !HAPPENED.includes(flag)),
        what,
      ).toEqual([]);
      await context.close();
    },
  );

  it.each([
    ['closed', (tab: CandidatePage) => tab.page.close()],
    ['left for another page', (tab: CandidatePage) => tab.page.goto('about:blank')],
  ])('a tab with three events waiting is %s: none is lost', async (_how, leave) => {
    line.trouble = (path) => (path.startsWith('/client/') ? {} : { delayMs: 300 });
    const { token, attempt_id } = await issueToken(admin.at(server), task);
    const context = await browser.newContext();
    const tab = await CandidatePage.open(context, address, token);
    await tab.does('taskStarted');
    await tab.flush();
    await tab.does('optionViewed', 'A', 10);
    await tab.does('optionSelected', 'A');
    await tab.does('optionChanged', 'B');
    await leave(tab);
    await eventually(async () => {
      const log = await readLog(admin.at(server), attempt_id);
      expect(log.map(({ event_type }) => event_type)).toEqual([
        'task_started',
        'option_viewed',
        'option_selected',
        'option_changed',
      ]);
    });
    await context.close();
  });

  it('another browser with the same token is told that it is used', async () => {
    line.trouble = () => ({});
    const { token } = await issueToken(admin.at(server), task);
    const first = await browser.newContext();
    await CandidatePage.open(first, address, token);
    const second = await browser.newContext();
    await expect(CandidatePage.open(second, address, token)).rejects.toThrow(/redeemed|used/);
    await first.close();
    await second.close();
  });
});
