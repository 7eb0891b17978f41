import type { Browser, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EVENT_TYPES } from '../../src/events/event-table.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { findChromium, launchChromium, outputFile } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  startsReasoning,
  submitsReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { WatchedPage } from './watched-page.ts';

const chromium = findChromium();
const allBut = (...types: string[]) => EVENT_TYPES.filter((type) => !types.includes(type));
/** The fragment of the link that the server prints when it starts. */
const keyOf = ({ machinesLink }: TestServer) => new URL(machinesLink ?? '').hash;
const REASONING = 'Because the outage hits everyone, I would fix it first; however, the demo comes next.';

describe.skipIf(!chromium)('the page of the machines', () => {
  let server: TestServer;
  let browser: Browser;
  let watched: WatchedPage;
  let candidate: Candidate;

  beforeAll(async () => {
    server = await startTestServer();
    browser = await launchChromium(chromium ?? '');
    watched = await WatchedPage.open(browser, server.url, {}, { hash: keyOf(server) });
  });
  afterAll(() => browser?.close());

  it('without the printed link asks for it or for a log-in', async () => {
    const looks = {
      light: {},
      dark: { colorScheme: 'dark' },
      narrow: { viewport: { width: 400, height: 850 } },
    } as const;
    for (const [name, look] of Object.entries(looks)) {
      const other = await WatchedPage.open(browser, server.url, look);
      await other.page.locator('#log-in').waitFor();
      expect(await other.page.locator('.link-hint').isVisible()).toBe(true);
      expect(await other.text('log-in')).toContain('open the link that the server printed when it started');
      expect(await other.page.locator('#watch').isVisible()).toBe(false);
      expect(await other.isTooWide(), name).toBe(false);
      await other.page.screenshot({ path: outputFile(`machines-without-link-${name}.png`) });
      expect(other.mishaps).toEqual([]);
      await other.page.context().close();
    }
  });

  it('with a link of an earlier start asks again, and goes on once the right one is followed in the same tab', async () => {
    const other = await WatchedPage.open(browser, server.url, {}, { hash: '#key=of-an-earlier-start' });
    await other.page.locator('#log-in').waitFor();
    await other.page.goto(server.machinesLink ?? '');
    await other.page.locator('#watch').waitFor();
    expect(await other.page.locator('#log-in').isVisible()).toBe(false);
    expect(other.page.url()).not.toContain('key');
    await other.page.reload();
    await other.page.locator('#watch').waitFor();
    await other.page.context().close();
  });

  it('needs no log-in with the printed link, and waits for a first attempt with the picture in view', async () => {
    await eventually(async () => expect(await watched.text('status')).toBe('Waiting for a first attempt'));
    await watched.page.locator('#picture svg[data-machine=attempt-v1]').waitFor();
    expect(await watched.active()).toEqual([]);
  });

  it('follows the newest attempt by itself', async () => {
    candidate = await admitCandidate(server.admin, server.api, await createTask(server.admin));
    await watched.shows({
      state: 'waiting_for_start',
      allowed: ['task_started'],
      active: ['waiting_for_start'],
    });
    expect(await watched.text('status')).toBe('Live');
    await eventually(async () => expect(await watched.log()).toEqual(['before the first event']));
  });

  it('moves the highlight and the log along with the events', async () => {
    await candidate.does(starts(0));
    await watched.shows({
      state: 'active(undecided + not_started)',
      allowed: allBut('task_started', 'option_changed', 'task_completed'),
      active: [
        'active',
        'active.decision',
        'active.decision.undecided',
        'active.reasoning',
        'active.reasoning.not_started',
      ],
    });
    await eventually(async () => expect(await watched.taken()).toEqual(['waiting_for_start → active']));

    await candidate.does(views(0, 'A', 2400), views(0, 'C', 5100), selects(0, 'C'));
    await eventually(async () => expect(await watched.text('state')).toBe('active(decided + not_started)'));
    await eventually(async () =>
      expect(await watched.taken()).toEqual(['active.decision.undecided → active.decision.decided']),
    );
    await eventually(async () =>
      expect((await watched.log()).slice(1)).toEqual([
        'task_started',
        'option_viewed A, 2.400 s',
        'option_viewed C, 5.100 s',
        'option_selected C',
      ]),
    );
  });

  it('shows both arrows that resuming takes', async () => {
    await candidate.does(abandons(0));
    await eventually(async () => expect(await watched.active()).toEqual(['abandoned']));
    await candidate.does(startsReasoning(0));
    await eventually(async () => expect(await watched.text('state')).toBe('active(decided + writing)'));
    await eventually(async () =>
      expect(await watched.taken()).toEqual([
        'active.reasoning → active.reasoning.writing',
        'abandoned → active.where_it_was',
      ]),
    );
  });

  it('goes back through the log with the keyboard and stays there while events arrive', async () => {
    const { page } = watched;
    await page.locator('#slider').focus();
    for (const _ of [1, 2]) await page.keyboard.press('ArrowLeft');
    await watched.shows({
      state: 'active(decided + not_started)',
      allowed: allBut('task_started'),
      active: [
        'active',
        'active.decision',
        'active.decision.decided',
        'active.reasoning',
        'active.reasoning.not_started',
      ],
    });
    expect(await watched.selectedRow()).toBe('option_selected C');
    expect(await page.locator('#slider').getAttribute('aria-valuetext')).toMatch(
      /^After event 4 of 6, option_selected, at/,
    );

    await candidate.does(changes(0, 'C', 'A'));
    await eventually(async () => expect((await watched.log()).at(-1)).toBe('option_changed C → A'));
    expect(await watched.text('state')).toBe('active(decided + not_started)');

    await page.keyboard.press('Home');
    await eventually(async () => expect(await watched.active()).toEqual(['waiting_for_start']));
    await page.keyboard.press('End');
    await eventually(async () => expect(await watched.text('state')).toBe('active(decided + writing)'));
    expect(await page.locator('#to-end').getAttribute('aria-pressed')).toBe('true');
  });

  it('lets the log be walked and clicked, too', async () => {
    const { page } = watched;
    await page.locator('#log').focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowDown');
    expect(await watched.selectedRow()).toBe('task_started');
    expect(await watched.text('state')).toBe('active(undecided + not_started)');
    await page.locator('#log').getByText('task_abandoned').click();
    expect(await watched.active()).toEqual(['abandoned']);
    await page.screenshot({ path: outputFile('machines-back.png') });
    await page.locator('#to-end').click();
    expect(await watched.text('state')).toBe('active(decided + writing)');
  });

  it('reaches everything with the Tab key, in the order of the page', async () => {
    const { page } = watched;
    await page.locator('#attempt').focus();
    const reached: string[] = [];
    for (const _ of Array(7)) {
      reached.push(await page.evaluate<string>('document.activeElement.id'));
      await page.keyboard.press('Tab');
    }
    expect(reached).toEqual(['attempt', 'follow', 'back', 'slider', 'to-end', 'whole', 'picture']);
    expect(await page.evaluate<string>('document.activeElement.id')).toBe('log');
  });

  it('shows skills with evidence, notes and metrics once the attempt is locked', async () => {
    await candidate.does(submitsReasoning(0, REASONING), completes(0, 'A'));
    await watched.shows({ state: 'locked', allowed: ['nothing any more'], active: ['locked'] });
    await eventually(async () =>
      expect((await watched.log()).slice(-2)).toEqual(['task_completed A', 'by the server itself']),
    );

    const results = watched.page.locator('#results');
    await results.locator('.skill').first().waitFor();
    expect(await results.locator('.skill').count()).toBe(3);
    const profile = await candidate.results<{ recruiter_notes: string; inferred_skills: object[] }>('skills');
    const shown = await results.textContent();
    expect(shown).toContain(profile.recruiter_notes);
    for (const { evidence } of profile.inferred_skills as { evidence: string[] }[]) {
      for (const sentence of evidence) expect(shown).toContain(sentence);
    }
    expect(shown).toMatch(/decision change count\s*1/);
    expect(shown).toContain('resumed after abandon');
    // In words, and at the skill that it limits.
    expect(shown).toContain('The candidate left and came back');
    expect(await results.locator('[data-skill=DECISIVE_THINKING] .limited').textContent()).toBe(
      'limited reliability',
    );
    expect(await results.locator('[data-skill=RISK_AWARENESS] .limited').count()).toBe(0);
    await watched.page.screenshot({ path: outputFile('machines-light.png') });
  });

  it('moves on to the next attempt, unless the reader chooses another', async () => {
    const next = await admitCandidate(server.admin, server.api, await createTask(server.admin));
    await next.does(starts(0));
    await eventually(async () => expect(await watched.text('state')).toBe('active(undecided + not_started)'));
    expect(await watched.page.locator('#results').isVisible()).toBe(false);
    await eventually(async () => expect(await watched.page.locator('#attempt optgroup').count()).toBe(2));

    await watched.page.locator('#attempt').selectOption(candidate.attempt_id);
    await eventually(async () => expect(await watched.text('state')).toBe('locked'));
    expect(await watched.page.locator('#follow').isChecked()).toBe(false);
  });

  it('is complete in the dark, whole at once, and on a narrow screen', async () => {
    const looks = {
      dark: { colorScheme: 'dark' },
      narrow: { viewport: { width: 400, height: 850 } },
      'narrow-dark': { colorScheme: 'dark', viewport: { width: 400, height: 850 } },
      wide: { viewport: { width: 1920, height: 1080 } },
    } as const;
    for (const [name, look] of Object.entries(looks)) {
      // Opened by its address, because a page that is already open may move on to the newest attempt meanwhile.
      const other = await WatchedPage.open(browser, server.url, look, { hash: keyOf(server) });
      await eventually(async () => expect(await other.text('status')).toBe('Live'));
      await other.page.goto(`${server.url}/machines#${candidate.attempt_id}`);
      await other.page.locator('#results .skill').first().waitFor();
      expect(await other.isTooWide(), name).toBe(false);
      await other.page.screenshot({ path: outputFile(`machines-${name}.png`) });
      await other.page.screenshot({ path: outputFile(`machines-${name}-long.png`), fullPage: true });
      expect(other.mishaps).toEqual([]);
    }
  });

  it('goes on where it was when the connection is lost', async () => {
    const running = await admitCandidate(server.admin, server.api, await createTask(server.admin));
    await running.does(starts(0));
    const { page } = watched;
    const sockets: WebSocketRoute[] = [];
    await page.routeWebSocket(/\/ws\//, (socket) => {
      socket.connectToServer();
      sockets.push(socket);
    });
    await page.goto(`${server.url}/machines#${running.attempt_id}`);
    await page.reload();
    await eventually(async () =>
      expect(await watched.log()).toEqual(['before the first event', 'task_started']),
    );
    const before = sockets.length;
    await sockets.at(-1)?.close({ code: 1012, reason: 'The server is restarting.' });
    await running.does(selects(0, 'B'));
    await eventually(async () => expect((await watched.log()).at(-1)).toBe('option_selected B'));
    expect(await watched.text('status')).toBe('Live');
    expect(sockets.length).toBe(before + 1);
  });

  it('made no error and asked no other host for anything', () => {
    expect(watched.mishaps).toEqual([]);
  });
});
