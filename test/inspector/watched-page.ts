import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { expect } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** Without animations, so that nothing is still moving when it is checked. */
const LOOK: BrowserContextOptions = { viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' };

/** The page `/machines` in a browser, as a person sees it. */
export class WatchedPage {
  readonly page: Page;
  /** Everything observed that must not happen. */
  readonly mishaps: string[] = [];

  private constructor(page: Page, url: string) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MS);
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type())) this.mishaps.push(message.text());
    });
    page.on('pageerror', (error) => this.mishaps.push(String(error)));
    page.on('request', (request) => {
      const { host, protocol } = new URL(request.url());
      if (protocol !== 'data:' && host !== new URL(url).host)
        this.mishaps.push(`request to ${request.url()}`);
    });
  }

  static async open(
    browser: Browser,
    url: string,
    options: BrowserContextOptions = {},
    { path = '/machines', hash = '' } = {},
  ): Promise<WatchedPage> {
    const context = await browser.newContext({ ...LOOK, ...options });
    const watched = new WatchedPage(await context.newPage(), url);
    await watched.page.goto(url + path + hash);
    return watched;
  }

  /** The text of the element with this id. */
  async text(id: string): Promise<string> {
    return (await this.page.locator(`#${id}`).textContent()) ?? '';
  }

  /** The dotted paths of the states that the picture highlights. */
  active(): Promise<string[]> {
    return this.#drawn('g.state.is-active', 'one.dataset.state');
  }

  /** The arrows that the picture shows as taken, as `source → target`. */
  taken(): Promise<string[]> {
    return this.#drawn('g.edge.is-taken', 'one.dataset.source + " → " + one.dataset.target');
  }

  /** What happened, row by row, without times. */
  log(): Promise<string[]> {
    return this.page.locator('#log .what').allInnerTexts();
  }

  selectedRow(): Promise<string | null> {
    return this.page.locator('#log [aria-selected=true] .what').textContent();
  }

  /** Waits until all parts of the page show this at the same time. */
  async shows(expected: { state: string; allowed: string[]; active: string[] }): Promise<void> {
    await eventually(async () => expect(await this.text('state')).toBe(expected.state));
    await eventually(async () => expect(await this.active()).toEqual(expected.active));
    expect(await this.page.locator('#allowed li').allInnerTexts()).toEqual(expected.allowed);
  }

  /** Whether the page itself can be scrolled sideways. */
  async isTooWide(): Promise<boolean> {
    return this.page.evaluate<boolean>(
      'document.documentElement.scrollWidth > document.documentElement.clientWidth',
    );
  }

  /** Reads all at one moment: read one by one, elements may be gone before their turn. */
  #drawn(selector: string, text: string): Promise<string[]> {
    return this.page.evaluate<string[]>(
      `[...document.querySelectorAll('#picture ${selector}')].map((one) => ${text})`,
    );
  }
}
