import type { BrowserContext, Page } from 'playwright-core';
import type { Access, Attempt } from '../../../src/client/index.ts';
import { eventually } from '../../support/eventually.ts';

/** The methods by which a page records what its candidate does. */
export type Act = {
  [M in keyof Attempt]: Attempt[M] extends (...args: infer Args) => Promise<unknown> ? [M, ...Args] : never;
}[keyof Attempt];

declare global {
  /** Set by the page below. */
  var attempt: Promise<Attempt>;
  var refusals: string[];
}

/**
 * What a page of a front end's author consists of, besides the experiment itself. Its address says by which line it
 * reaches the server, and how the candidate comes in: `/?LINE#TOKEN`, or with renewed access `/?LINE#ID/ACCESS_TOKEN`.
 */
export const candidatePage = (path: string): string => {
  const server = path.slice('/?'.length);
  return `<!doctype html>
<title>Task</title>
<script type="module">
  import { Attempt } from '${server}/client/v1.js';
  const [first, access_token] = location.hash.slice(1).split('/');
  const options = { onRefused: ({ event_type }, { code }) => refusals.push(event_type + ': ' + code) };
  globalThis.refusals = [];
  globalThis.attempt = access_token
    ? Attempt.enter('${server}', { attempt_id: first, access_token }, options)
    : Attempt.redeem('${server}', first, options);
</script>`;
};

/** A candidate's link, and what is wrong with the computer's clock. */
export interface Link {
  address: string;
  /** How far the computer's clock is ahead, in milliseconds. */
  clockAheadMs: number;
}

export const withToken = (page: string, token: string): string => `${page}#${token}`;
export const withAccess = (page: string, { attempt_id, access_token }: Access): string =>
  `${page}#${attempt_id}/${access_token}`;

/** A candidate's browser tab. */
export class CandidatePage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** Opens the link; a candidate whose page does not even load tries again. */
  static async open(context: BrowserContext, { address, clockAheadMs }: Link): Promise<CandidatePage> {
    const page = await context.newPage();
    if (clockAheadMs !== 0) await page.addInitScript(shiftClock, clockAheadMs);
    await page.goto(address);
    const tab = new CandidatePage(page);
    await tab.#untilLoaded();
    await tab.isOpen();
    return tab;
  }

  /** Resolves when the attempt is open. @throws what the page is told instead */
  async isOpen(): Promise<void> {
    await this.page.evaluate(() => attempt.then(() => undefined));
  }

  /** Records acts at once, without waiting for an acknowledgement. @returns how many events wait now */
  async does(...acts: Act[]): Promise<number> {
    return this.page.evaluate(async (acts) => {
      const open = await attempt;
      const methods = open as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      for (const [method, ...args] of acts) methods[method as string]?.(...args);
      return open.pending;
    }, acts as unknown[][]);
  }

  /** Resolves when nothing waits any longer. */
  async flush(): Promise<void> {
    await this.page.evaluate(async () => (await attempt).flush());
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#untilLoaded();
    await this.isOpen();
  }

  /** Sets the computer's clock while the page is open. */
  async setClock(aheadMs: number): Promise<void> {
    await this.page.evaluate(shiftClock, aheadMs);
  }

  async selection(): Promise<string | undefined> {
    return this.page.evaluate(async () => (await attempt).selection?.option_code);
  }

  async refusals(): Promise<string[]> {
    return this.page.evaluate(() => refusals);
  }

  /** Without a line, the page's own script cannot be loaded either. */
  async #untilLoaded(): Promise<void> {
    const isLoaded = () => this.page.evaluate(() => typeof attempt !== 'undefined');
    await eventually(
      async () => {
        if (await isLoaded()) return;
        await this.page.reload();
        if (!(await isLoaded())) throw new Error('The page could not be loaded.');
      },
      { everyMs: 500 },
    );
  }
}

/** Runs in the page. */
function shiftClock(aheadMs: number): void {
  const { now } = Date;
  Date.now = () => now() + aheadMs;
}
