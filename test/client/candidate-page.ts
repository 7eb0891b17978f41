import type { BrowserContext, Page } from 'playwright-core';
import type { Attempt } from '../../src/client/index.ts';

/** The methods by which a page records what its candidate does. */
export type Act = {
  [M in keyof Attempt]: Attempt[M] extends (...args: infer Args) => Promise<unknown> ? [M, ...Args] : never;
}[keyof Attempt];

declare global {
  /** Set by the page below. */
  var attempt: Promise<Attempt>;
  var refusals: string[];
}

/** What a page of a front end's author consists of, besides the experiment itself. */
export const candidatePage = (server: string): string => `<!doctype html>
<title>Task</title>
<script type="module">
  import { Attempt } from '${server}/client/v1.js';
  globalThis.refusals = [];
  globalThis.attempt = Attempt.redeem('${server}', location.hash.slice(1), {
    onRefused: ({ event_type }, { code }) => refusals.push(event_type + ': ' + code),
  });
</script>`;

/** A candidate's browser tab. */
export class CandidatePage {
  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  /** @param ahead how far the computer's clock is ahead, in milliseconds */
  static async open(
    context: BrowserContext,
    address: string,
    token: string,
    ahead = 0,
  ): Promise<CandidatePage> {
    const page = await context.newPage();
    if (ahead !== 0) await page.addInitScript(shiftClock, ahead);
    await page.goto(`${address}/#${token}`);
    const tab = new CandidatePage(page);
    await tab.isOpen();
    return tab;
  }

  /** Resolves when the attempt is open. */
  async isOpen(): Promise<void> {
    await this.page.evaluate(() => attempt.then(() => undefined));
  }

  /** Records an act without waiting for its acknowledgement. */
  async does(...act: Act): Promise<void> {
    await this.page.evaluate(async ([method, ...args]) => {
      const open = (await attempt) as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      open[method as string]?.(...args);
    }, act as unknown[]);
  }

  /** Resolves when nothing waits any longer. */
  async flush(): Promise<void> {
    await this.page.evaluate(async () => (await attempt).flush());
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.isOpen();
  }

  async selection(): Promise<string | undefined> {
    return this.page.evaluate(async () => (await attempt).selection?.option_code);
  }

  async refusals(): Promise<string[]> {
    return this.page.evaluate(() => refusals);
  }
}

/** Runs in the page, before anything else there. */
function shiftClock(ahead: number): void {
  const { now } = Date;
  Date.now = () => now() + ahead;
}
