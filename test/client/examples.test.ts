import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Task } from '../../src/tasks/task.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { readLog } from '../support/candidate.ts';
import { findChromium, launchChromium, outputFile } from '../support/chromium.ts';
import { eventually } from '../support/eventually.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { servePages } from './page-server.ts';

const chromium = findChromium();
const fileOf = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const exampleOf = (name: string) => readFileSync(fileOf(`examples/${name}.html`), 'utf8');
const readme = readFileSync(fileOf('../../README.md'), 'utf8');
const EXAMPLES = ['plain-page', 'jspsych', 'surveyjs'];
/** The server's address in the examples, as after `npm start`. */
const EXAMPLE_SERVER = 'http://127.0.0.1:3000';

it.each(EXAMPLES)('%s: at most 40 lines', (name) => {
  const [, script = ''] = /<script type="module">\n(.*)<\/script>/s.exec(exampleOf(name)) ?? [];
  expect(script.split('\n').length).toBeLessThanOrEqual(40);
});

it.skipIf(!readme.includes('<!-- plain-page -->'))('the README shows the plain page as it is', () => {
  expect(readme).toContain(`\`\`\`html\n${exampleOf('plain-page')}\`\`\``);
});

describe.skipIf(!chromium)('the examples for front ends’ authors, in a browser', () => {
  let server: TestServer;
  let browser: Browser;
  let address: string;
  let task: Task;

  beforeAll(async () => {
    address = await servePages((path) => {
      if (path.startsWith('/node_modules/')) return readFileSync(fileOf(`../..${path}`));
      return existsSync(fileOf(`examples${path}`))
        ? readFileSync(fileOf(`examples${path}`), 'utf8').replaceAll(EXAMPLE_SERVER, server.url)
        : undefined;
    });
    server = await startTestServer({ CORS_ORIGINS: address });
    task = await createTask(server.admin);
    browser = await launchChromium(chromium ?? '');
  });
  afterAll(() => browser?.close());

  /** Opens an example for a new candidate. */
  async function open(name: string) {
    const { token, attempt_id } = await issueToken(server.admin, task);
    const page = await browser.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const mishaps: string[] = [];
    page.on('pageerror', (error) => mishaps.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' && !message.location().url.endsWith('/favicon.ico'))
        mishaps.push(message.text());
    });
    await page.goto(`${address}/${name}.html#${token}`);
    return { page, attempt_id, mishaps };
  }

  /** The stored log, in short: `option_selected A`. */
  async function logOf(attempt_id: string): Promise<string[]> {
    const log = await readLog(server.admin, attempt_id);
    return log.map(({ event_type, payload }) => {
      const { option_code, to_code, final_option_code, text } = payload as Record<string, string | undefined>;
      return [event_type, option_code ?? to_code ?? final_option_code ?? text].filter(Boolean).join(' ');
    });
  }

  const labelOf = (code: string) => task.options.find(({ option_code }) => option_code === code)?.label ?? '';
  const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

  it('plain page: reads, chooses, changes after a reload, explains and completes', async () => {
    const { page, attempt_id, mishaps } = await open('plain-page');
    const option = (code: string) => page.getByLabel(labelOf(code));
    await option('A').hover();
    await option('B').check();
    await page.getByPlaceholder('Why?').hover();
    await page.getByText('Everything is saved.').waitFor();
    await page.reload();
    await eventually(async () => expect(await option('B').isChecked()).toBe(true));
    await option('A').check();
    await page.getByPlaceholder('Why?').fill('Because it can be undone.');
    await page.screenshot({ path: outputFile('example-plain-page.png') });
    await press(page, 'Complete');
    await eventually(async () =>
      expect(await logOf(attempt_id)).toEqual([
        'task_started',
        'option_viewed A',
        'option_selected B',
        'option_viewed B',
        'option_changed A',
        'reasoning_started',
        'option_viewed A',
        'reasoning_submitted Because it can be undone.',
        'task_completed A',
      ]),
    );
    expect(mishaps).toEqual([]);
  });

  it('jsPsych: sees each option, chooses, chooses again and completes', async () => {
    const { page, attempt_id, mishaps } = await open('jspsych');
    await press(page, 'Begin');
    for (const _option of task.options) await press(page, 'Next');
    await press(page, labelOf('C'));
    await page.locator('textarea').fill('At first.');
    await press(page, 'Continue');
    await press(page, 'Choose again');
    await press(page, labelOf('A'));
    await page.locator('textarea').fill('After thinking.');
    await page.screenshot({ path: outputFile('example-jspsych.png') });
    await press(page, 'Continue');
    await press(page, 'Yes');
    await page.getByText('Thank you').waitFor();
    expect(await logOf(attempt_id)).toEqual([
      'task_started',
      'option_viewed A',
      'option_viewed B',
      'option_viewed C',
      'option_selected C',
      'reasoning_started',
      'reasoning_submitted At first.',
      'option_changed A',
      'reasoning_started',
      'reasoning_submitted After thinking.',
      'task_completed A',
    ]);
    expect(mishaps).toEqual([]);
  });

  it('SurveyJS: sees each option, chooses, changes, explains and completes', async () => {
    const { page, attempt_id, mishaps } = await open('surveyjs');
    for (const _option of task.options) await press(page, 'Next');
    await page.getByText(labelOf('B'), { exact: true }).click();
    await page.getByText(labelOf('C'), { exact: true }).click();
    await page.screenshot({ path: outputFile('example-surveyjs.png') });
    await press(page, 'Next');
    await page.locator('textarea').fill('It gains most.');
    await press(page, 'Complete');
    await page.getByText('Thank you').waitFor();
    await eventually(async () =>
      expect(await logOf(attempt_id)).toEqual([
        'task_started',
        'option_viewed A',
        'option_viewed B',
        'option_viewed C',
        'option_selected B',
        'option_changed C',
        'reasoning_started',
        'reasoning_submitted It gains most.',
        'task_completed C',
      ]),
    );
    expect(mishaps).toEqual([]);
  });
});
