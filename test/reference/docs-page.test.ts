import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WatchedPage } from '../inspector/watched-page.ts';
import { findChromium, launchChromium, outputFile } from '../support/chromium.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';

const chromium = findChromium();
const LOOKS = {
  light: {},
  'narrow-dark': { viewport: { width: 400, height: 850 }, colorScheme: 'dark' },
} as const;

describe('the page at the address of the server', () => {
  it('is JSON for who asks for JSON, and says the same', async () => {
    const { url } = await startTestServer();
    const answer = await fetch(url, { headers: { accept: 'application/json' } });
    const { links, version } = (await answer.json()) as { links: { path: string }[]; version: string };
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
    const paths = links.map(({ path }) => path);
    expect(paths).toEqual(expect.arrayContaining(['/docs', '/machines', '/openapi.json', '/healthz']));
    const page = await (await fetch(url, { headers: { accept: 'text/html' } })).text();
    for (const path of paths) {
      expect(page).toContain(`<a href="${path.slice(1)}">${path}</a>`);
      // The log has no checkpoint at first.
      if (path.startsWith('/log/')) continue;
      expect((await fetch(url + path)).status, path).toBe(200);
    }
  });
});

describe.skipIf(!chromium)('in a browser, without any other host', () => {
  let server: TestServer;
  let browser: Browser;
  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser?.close());

  it.each(Object.entries(LOOKS))('the reference and the front page look right: %s', async (name, look) => {
    const docs = await WatchedPage.open(browser, server.url, look, { path: '/docs' });
    await docs.page.locator('#operations-events-post_events').waitFor();
    expect(await docs.isTooWide(), name).toBe(false);
    await docs.page.screenshot({ path: outputFile(`docs-${name}.png`) });
    await docs.page.locator('#operations-events-post_events button').first().click();
    await docs.page.locator('.opblock-body').waitFor();
    await docs.page.locator('#operations-events-post_events').scrollIntoViewIfNeeded();
    expect(await docs.isTooWide(), name).toBe(false);
    await docs.page.screenshot({ path: outputFile(`docs-open-${name}.png`) });
    expect(docs.mishaps).toEqual([]);
    await docs.page.context().close();

    const front = await WatchedPage.open(browser, server.url, look, { path: '/' });
    expect(await front.isTooWide(), name).toBe(false);
    await front.page.screenshot({ path: outputFile(`front-${name}.png`) });
    expect(front.mishaps).toEqual([]);
    await front.page.context().close();
  });

  it('the reference logs in and tries a call', async () => {
    const { page, mishaps } = await WatchedPage.open(browser, server.url, {}, { path: '/docs' });
    const login = page.locator('#operations-auth-post_auth_login');
    await login.locator('button').first().click();
    await login.getByRole('button', { name: 'Try it out' }).click();
    await login.locator('textarea').fill(JSON.stringify(ADMIN));
    await login.getByRole('button', { name: 'Execute' }).click();
    const answer = await login.locator('.live-responses-table .highlight-code').first().textContent();
    const token = /"access_token": "([^"]+)"/.exec(answer ?? '')?.[1] ?? '';
    expect(token).not.toBe('');

    await page.locator('.auth-wrapper .authorize').first().click();
    await page.locator('.modal-ux input').first().fill(token);
    await page.locator('.modal-ux button.authorize').first().click();
    await page.locator('.modal-ux .btn-done').first().click();
    const me = page.locator('#operations-auth-get_auth_me');
    await me.locator('button').first().click();
    await me.getByRole('button', { name: 'Try it out' }).click();
    await me.getByRole('button', { name: 'Execute' }).click();
    await me.locator('.live-responses-table').getByText(ADMIN.email).first().waitFor();
    expect(mishaps).toEqual([]);
    await page.context().close();
  });
});
