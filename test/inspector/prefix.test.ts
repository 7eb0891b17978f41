import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { PrefixProxy } from '../support/prefix-proxy.ts';
import { starts } from '../support/recorded.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';
import { WatchedPage } from './watched-page.ts';

const chromium = findChromium();

describe.skipIf(!chromium)(
  'the page of the machines behind a proxy that shows the server under a path',
  () => {
    let server: TestServer;
    let browser: Browser;
    let proxy: PrefixProxy;

    beforeAll(async () => {
      server = await startTestServer();
      browser = await launchChromium(chromium ?? '');
      proxy = await PrefixProxy.start(server, '/observe/');
    });
    afterAll(() => browser?.close());

    it.each(['/observe/machines', '/observe/machines/'])(
      'given a log-in at %s, when an attempt begins, then page, data, picture and socket come by that path',
      async (path) => {
        const candidate = await admitCandidate(server.admin, server.api, await createTask(server.admin));
        const watched = await WatchedPage.open(browser, proxy.url, {}, { path });
        await watched.page.locator('#email').fill(ADMIN.email);
        await watched.page.locator('#password').fill(ADMIN.password);
        await watched.page.keyboard.press('Enter');
        await candidate.does(starts(0));
        await eventually(async () => expect(await watched.text('status')).toBe('Live'));
        await eventually(async () =>
          expect(await watched.text('state')).toBe('active(undecided + not_started)'),
        );
        await watched.page.locator('#picture svg[data-machine=attempt-v1]').waitFor();
        expect(proxy.asked.filter((asked) => !asked.startsWith('/observe/'))).toEqual([]);
        expect(proxy.asked.some((asked) => asked.startsWith('/observe/ws/'))).toBe(true);
        expect(watched.mishaps).toEqual([]);
        await watched.page.context().close();
      },
    );

    it('given a proxy on the same computer that adds no header, then nobody is let in without a key or a log-in', async () => {
      const watched = await WatchedPage.open(browser, proxy.url, {}, { path: '/observe/machines' });
      await watched.page.locator('#log-in').waitFor();
      expect(await watched.page.locator('#watch').isVisible()).toBe(false);
      for (const body of ['', '{}', '{"key":""}', '{"key":"guessed"}']) {
        const answer = await fetch(`${proxy.url}/observe/machines/pass`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body,
        });
        expect(answer.status).toBeGreaterThanOrEqual(400);
        expect(await answer.text()).not.toContain('access_token');
      }
    });
  },
);
