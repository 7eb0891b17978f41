import pLimit from 'p-limit';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Access } from '../../../src/client/index.ts';
import { servePages } from '../../client/page-server.ts';
import { logInAsAdmin } from '../../support/administrator.ts';
import { createTask, issueToken } from '../../support/assessment.ts';
import { BadLine } from '../../support/bad-line.ts';
import { readLog } from '../../support/candidate.ts';
import { findChromium, launchChromium } from '../../support/chromium.ts';
import { eventually } from '../../support/eventually.ts';
import { startServerProcess } from '../../support/server-process.ts';
import { Random, SEED } from '../random.ts';
import { note } from '../summary.ts';
import { CandidatePage, candidatePage, type Link, withAccess, withToken } from './candidate-page.ts';
import { Plan } from './plan.ts';

/** How many random runs, how long a dead line is dead, and how slow a slow one; the whole trial has 50, 20 000 and 1500. */
const RUNS = Number(process.env['FRONT_END_RUNS'] ?? 7);
const OFFLINE_MS = Number(process.env['FRONT_END_OFFLINE_MS'] ?? 3000);
const SLOWEST_MS = Number(process.env['FRONT_END_SLOWEST_MS'] ?? 500);
/** The fastest request of a slow line. */
const FASTEST_MS = SLOWEST_MS / 15;
/** Of a hundred answers. */
const LOST_ANSWERS = 5;
/** Candidates at the same time. */
const AT_ONCE = 7;
const CLOCKS_AHEAD_MS = [0, 3_600_000, -600_000];
/**
 * What these lines may do to a record: events wait, and so go together and late. If even the start had to wait, all of
 * them arrive within less time than the candidate looked at options.
 */
const HELD_BACK = ['events_batched', 'clock_skew', 'active_time_exceeds_total'];

const executablePath = findChromium();
const pages = await servePages(candidatePage);
const server = await startServerProcess({ CORS_ORIGINS: pages, LOG_LEVEL: 'fatal' });
const admin = await logInAsAdmin(server);
const task = await createTask(admin);

/** Staff, wherever the server listens now. */
const staff = () => admin.at(server);
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** While a tab is being closed the server is not killed: nobody would be left who could send its events again. */
let closing: Promise<unknown> = Promise.resolve();
let restarting: Promise<void> | undefined;
let kills = 0;

async function restart(): Promise<void> {
  await closing;
  kills += 1;
  await server.kill();
  await pause(500);
  await server.start();
}

/** A candidate in the middle of the task. */
interface Run {
  random: Random;
  context: BrowserContext;
  line: BadLine;
  plan: Plan;
  attempt_id: string;
  /** Of the attempt's page, without the secret. */
  page: string;
  link: Link;
  /** The tab in which the candidate works. */
  tab: CandidatePage;
}

const eventTypes = async (attempt_id: string) =>
  (await readLog(staff(), attempt_id)).map(({ event_type }) => event_type);

/** What may happen to a candidate. */
const MISHAPS: Record<string, (run: Run) => Promise<void>> = {
  'line dead': async ({ line }) => {
    line.cut();
    setTimeout(() => line.mend(), OFFLINE_MS);
  },
  reload: async ({ tab }) => tab.reload(),
  'second tab': async (run) => {
    run.tab = await CandidatePage.open(run.context, run.link);
  },
  'tab closed with three events waiting': async (run) => {
    const { plan, tab, attempt_id, link } = run;
    await restarting;
    const closed = (async () => {
      await tab.flush();
      expect(await tab.does(plan.next(), plan.next(), plan.next())).toBe(3);
      await tab.page.close();
      await eventually(async () =>
        expect(await eventTypes(attempt_id)).toEqual(plan.expected.map(([event_type]) => event_type)),
      );
    })();
    closing = Promise.allSettled([closing, closed]);
    await closed;
    // The candidate comes back with a new link from the recruiter.
    const access = await eventually(() => staff().call<Access>('POST', `/attempts/${attempt_id}/access`));
    link.address = withAccess(run.page, access);
    run.tab = await CandidatePage.open(run.context, link);
  },
  'server killed': async () => {
    restarting ??= restart().finally(() => {
      restarting = undefined;
    });
  },
  'clock set': async ({ tab, random }) => tab.setClock(random.pick([3_600_000, -600_000])),
};

describe.skipIf(!executablePath)('a front end in a real browser, with the client alone', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium(executablePath ?? '');
  });
  afterAll(() => browser?.close());

  /** A candidate who begins the task, behind a line of the own. */
  async function begin(random: Random, clockAheadMs: number): Promise<Run> {
    const { token, attempt_id } = await eventually(() => issueToken(staff(), task));
    const line = await BadLine.before(server);
    const context = await browser.newContext();
    const page = `${pages}/?${line.url}`;
    const link = { address: withToken(page, token), clockAheadMs };
    const tab = await CandidatePage.open(context, link);
    return { random, context, line, plan: new Plan(task, random), attempt_id, page, link, tab };
  }

  /** One candidate's attempt with these mishaps; it ends with the comparison of what was done and what is stored. */
  async function play(seed: number, mishaps: string[], clockAheadMs: number): Promise<number> {
    const random = new Random(seed);
    const run = await begin(random, clockAheadMs);
    const { plan, line, attempt_id } = run;
    line.trouble = (path) => {
      const delayMs = FASTEST_MS + random.below(SLOWEST_MS - FASTEST_MS);
      const isLost = !path.startsWith('/client/') && random.below(100) < LOST_ANSWERS;
      return isLost ? { delayMs, loses: 'answer' } : { delayMs };
    };
    await run.tab.does(plan.start());
    const acts = 8 + random.below(8);
    const when = mishaps.map((name) => ({ name, after: 1 + random.below(acts - 1) }));
    for (let n = 0; n < acts; n += 1) {
      await run.tab.does(plan.next());
      await pause(random.below(200));
      for (const { name } of when.filter(({ after }) => after === n)) {
        await MISHAPS[name]?.(run);
        expect(await run.tab.selection(), `selection after ${name}`).toBe(plan.selection);
      }
    }
    await run.tab.does(plan.complete());
    await run.tab.flush();
    expect(await run.tab.refusals()).toEqual([]);
    const log = await eventually(() => readLog(staff(), attempt_id));
    expect(log.map(({ event_type, payload }) => [event_type, payload])).toEqual(plan.expected);
    const { quality_flags } = await eventually(() =>
      staff().call<{ quality_flags: string[] }>('GET', `/attempts/${attempt_id}/metrics`),
    );
    expect(quality_flags.filter((flag) => !HELD_BACK.includes(flag)).sort()).toEqual(plan.flags.sort());
    await run.context.close();
    return log.length;
  }

  it(
    `${RUNS} random runs: each log is what the candidate did`,
    async () => {
      const names = Object.keys(MISHAPS);
      const happened = new Map(names.map((name) => [name, 0]));
      const failures: string[] = [];
      let acknowledged = 0;
      const oneOf = pLimit(AT_ONCE);
      const runs = Array.from({ length: RUNS }, async (_, run) => {
        const choice = new Random(SEED + 1000 * run);
        // Each run has a mishap of its own turn, so that each mishap has its runs.
        const mishaps = names.filter((_name, at) => at === run % names.length || choice.below(3) === 0);
        const clockAheadMs = CLOCKS_AHEAD_MS[run % CLOCKS_AHEAD_MS.length] ?? 0;
        await oneOf(async () => {
          try {
            const stored = await play(SEED + run, mishaps, clockAheadMs);
            acknowledged += stored;
            for (const name of mishaps) happened.set(name, (happened.get(name) ?? 0) + 1);
          } catch (error) {
            const what = [`clock ${clockAheadMs} ms ahead`, ...mishaps].join(', ');
            failures.push(`run ${run} (${what}): ${(error as Error).message}`);
          }
        });
      });
      await Promise.all(runs);
      const counts = [...happened].map(([name, times]) => `${name} ${times}`).join(', ');
      const frontEnd = `front end: ${RUNS - failures.length} of ${RUNS} random runs stored as they were done; ${counts}`;
      note(inject('figures'), { acknowledged, kills, frontEnd });
      expect(failures).toEqual([]);
    },
    60_000 + RUNS * 60_000,
  );

  it('a tab with three events waiting is left for another page: none is lost', async () => {
    const { tab, line, plan, attempt_id, context } = await begin(new Random(SEED), 0);
    line.trouble = () => ({ delayMs: 300 });
    await tab.does(plan.start());
    await tab.flush();
    expect(await tab.does(plan.next(), plan.next(), plan.next())).toBe(3);
    await tab.page.goto('about:blank');
    await eventually(async () =>
      expect(await eventTypes(attempt_id)).toEqual(plan.expected.map(([event_type]) => event_type)),
    );
    await context.close();
  });

  it('another browser with the same token is told that it is used', async () => {
    const { link, context } = await begin(new Random(SEED), 0);
    const other = await browser.newContext();
    await expect(CandidatePage.open(other, link)).rejects.toThrow(/redeemed|used/);
    await context.close();
    await other.close();
  });
});
