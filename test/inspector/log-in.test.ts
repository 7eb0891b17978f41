import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PASSWORD, registerCandidate } from '../support/accounts.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { findChromium, launchChromium, outputFile } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { starts } from '../support/recorded.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';
import { WatchedPage } from './watched-page.ts';

const chromium = findChromium();

describe.skipIf(!chromium)('the page of the machines in production', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;

  const logIn = async (email: string, password: string) => {
    await watched.page.locator('#email').fill(email);
    await watched.page.locator('#password').fill(password);
    await watched.page.keyboard.press('Enter');
  };

  beforeAll(async () => {
    server = await startTestServer({
      NODE_ENV: 'production',
      HOST: '127.0.0.1',
      JWT_SECRET: 'a secret of more than thirty-two bytes',
      SIGNING_KEY: 'another secret of more than thirty-two bytes',
    });
    browser = await launchChromium(chromium ?? '');
    watched = await WatchedPage.open(browser, server.url);
  });
  afterAll(() => browser?.close());

  it('shows nothing but the log-in, with the first field ready', async () => {
    await watched.page.locator('#log-in').waitFor();
    expect(await watched.page.locator('#watch').isVisible()).toBe(false);
    expect(await watched.page.locator('svg').count()).toBe(0);
    expect(await watched.page.evaluate<string>('document.activeElement.id')).toBe('email');
    await watched.page.screenshot({ path: outputFile('machines-log-in.png') });
    expect(watched.mishaps).toEqual([]);
  });

  it('says what is wrong, and lets no candidate in', async () => {
    await logIn(ADMIN.email, 'not the password');
    await eventually(async () => expect(await watched.text('log-in-problem')).toContain('wrong'));
    const { email } = await registerCandidate(server.api);
    await logIn(email, PASSWORD);
    await eventually(async () =>
      expect(await watched.text('log-in-problem')).toBe('This page is for staff accounts.'),
    );
    expect(await watched.page.locator('#watch').isVisible()).toBe(false);
  });

  it('lets staff in, also after a reload and when the access token has run out', async () => {
    const candidate = await admitCandidate(server.admin, server.api, await createTask(server.admin));
    await candidate.does(starts(0));
    await logIn(ADMIN.email, ADMIN.password);
    await eventually(async () => expect(await watched.text('state')).toBe('active(undecided + not_started)'));

    await watched.page.evaluate(`
      const kept = JSON.parse(sessionStorage.getItem('machines.tokens'));
      sessionStorage.setItem('machines.tokens', JSON.stringify({ ...kept, access_token: 'run.out.now' }));
    `);
    await watched.page.reload();
    await eventually(async () => expect(await watched.text('status')).toBe('Live'));
    expect(await watched.active()).toContain('active.decision.undecided');
  });

  it('leaves nothing on the screen after the log-out', async () => {
    await watched.page.locator('#log-out').click();
    await watched.page.locator('#log-in').waitFor();
    expect(await watched.page.locator('#watch').isVisible()).toBe(false);
    expect(await watched.log()).toEqual([]);
    await watched.page.reload();
    await watched.page.locator('#log-in').waitFor();
  });
});
