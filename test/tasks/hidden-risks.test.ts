import { expect, it } from 'vitest';
import type { Task } from '../../src/tasks/task.ts';
import { ApiClient } from '../../src/tools/api-client.ts';
import { registerCandidate } from '../support/accounts.ts';
import { contentOf, createTask, issueTokens } from '../support/assessment.ts';
import { Candidate, redeem } from '../support/candidate.ts';
import { watch } from '../support/live-watcher.ts';
import { changes, completes, selects, starts, submitsReasoning, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, url } = await startTestServer();

/** Words that stand in the hidden fields of the options and nowhere else; and what the fields are called. */
const HIDDEN = ['zebrafish', 'quokka', 'risk_tag', 'trade_off_type', 'metadata_of', '"domain"'];
const RISKS = ['low', 'medium', 'high'] as const;

/** A client that keeps everything it was told. */
class Eavesdropper extends ApiClient {
  static readonly heard: string[] = [];
  readonly #token: string | undefined;

  constructor(at: string, token?: string) {
    super(at, token);
    this.#token = token;
  }

  override as(token: string | undefined): ApiClient {
    return new Eavesdropper(this.url, token);
  }

  override async send(method: string, path: string, body?: unknown): Promise<Response> {
    const response = await super.send(method, path, body);
    Eavesdropper.heard.push(
      `${method} ${path} ${JSON.stringify([...response.headers])} ${await response.clone().text()}`,
    );
    return response;
  }

  override watch(attempt_id: string, since?: number) {
    const socket = new ApiClient(this.url, this.#token).watch(attempt_id, since);
    socket.on('message', (data) => Eavesdropper.heard.push(`WS ${data}`));
    socket.on('close', (code, reason) => Eavesdropper.heard.push(`WS closed ${code} ${reason}`));
    return socket;
  }
}

async function createSecretiveTask(): Promise<Task> {
  const { task } = await admin.call<{ task: Task }>('POST', '/tasks', {
    task_code: 'secretive',
    title: 'Which way',
    description: 'A decision between three ways.',
    scenario: 'There are three ways to go.',
    category: 'risk_assessment',
    requires_reasoning: true,
    options: RISKS.map((risk_tag, index) => ({
      option_code: 'ABC'[index],
      label: `Way ${index + 1}`,
      description: `The way number ${index + 1}.`,
      risk_tag,
      metadata: { trade_off_type: 'zebrafish', domain: 'quokka' },
    })),
  });
  return task;
}

/**
 * Everything a candidate can do and get wrong before the end, on every route there is.
 * @param accountToken of the candidate's account
 * @param token that nobody has redeemed
 */
async function tryEverything(candidate: Candidate, accountToken: string, token: string): Promise<void> {
  const { api: own, attempt_id, task } = candidate;
  const foreign = { option_id: 'f'.repeat(24), option_code: 'A' };
  await candidate.post(selects(0, 'A'));
  await candidate.does(starts(0), views(0, 'A', 5), views(0, 'B', 5), selects(0, 'A'), changes(0, 'A', 'C'));
  await candidate.post(starts(0));
  await candidate.post({ event_type: 'option_selected', payload: foreign });
  await candidate.post({
    event_type: 'option_selected',
    payload: { option_id: task.options[0]?.option_id ?? '', option_code: 'B' },
  });
  await candidate.post({ event_type: 'option_selected', payload: { ...foreign, option_code: 'low' } });
  await candidate.post(completes(0, 'B'));
  await candidate.post(changes(0, 'A', 'A'));
  await candidate.does(submitsReasoning(0, 'Because I say so.'));
  await own.send('POST', '/events/batch', {
    events: [candidate.body(views(0, 'B', 1)), candidate.body(completes(0, 'B'))],
  });
  await own.send('POST', '/events', { attempt_id, event_type: 'no_such' });
  for (const credentials of [candidate.token, accountToken, undefined]) {
    for (const path of [
      `/tasks/${task.task_id}`,
      '/tasks',
      '/tasks?category=risk_assessment',
      `/attempts/${attempt_id}`,
      `/attempts/${attempt_id}/events`,
      `/attempts/${attempt_id}/metrics`,
      `/attempts/${attempt_id}/skills?explain=true`,
      '/attempts',
      '/tokens',
      '/audit',
      '/auth/me',
      `/users/${candidate.user_id}/profile`,
      `/tokens/${token}/validate`,
    ]) {
      await new Eavesdropper(url, credentials).send('GET', path);
    }
    const eavesdropper = new Eavesdropper(url, credentials);
    await eavesdropper.send('PUT', `/tasks/${task.task_id}`, {});
    await eavesdropper.send('POST', '/tokens/generate', { task_id: task.task_id });
    await eavesdropper.send('POST', '/attempts', { token });
  }
}

it('no route, message or error tells a candidate a risk or what is noted about an option', async () => {
  const task = await createSecretiveTask();
  const [used, unused] = await issueTokens(admin, task, { count: 2 });
  const anybody = new Eavesdropper(url);
  await anybody.call('GET', `/tokens/${used?.token}/validate`);
  const account = await registerCandidate(api);
  const redeemer = anybody.as(account.access_token);
  const candidate = new Candidate(anybody, await redeem(redeemer, used?.token ?? '', task));
  const watcher = await watch(candidate.api, candidate.attempt_id, 0);

  await tryEverything(candidate, account.access_token, unused?.token ?? '');
  watcher.drop();

  expect(Eavesdropper.heard.length).toBeGreaterThan(60);
  for (const told of Eavesdropper.heard) {
    for (const word of HIDDEN) expect(told).not.toContain(word);
    for (const risk of RISKS) expect(withoutOwnWords(told)).not.toMatch(new RegExp(`"${risk}"`));
  }

  // Afterwards the own results name risks, and the task still does not.
  await candidate.does(completes(0, 'C'));
  expect(JSON.stringify(await candidate.results('metrics'))).toContain('"final_risk_tag":"high"');
  const after = await (await candidate.api.send('GET', `/tasks/${task.task_id}`)).text();
  for (const word of HIDDEN) expect(after).not.toContain(word);
});

it('no candidate reads a scenario before the own redemption', async () => {
  const risks = { A: 'low', B: 'high' } as const;
  const [task, other] = [await createTask(admin, risks), await createTask(admin, risks)];
  const stranger = await registerCandidate(api);
  const bound = { candidate_email: stranger.email };
  const [invitation] = await issueTokens(admin, task, bound);
  const [elsewhere] = await issueTokens(admin, other);
  const { token: elsewheres } = await redeem(api, elsewhere?.token ?? '', other);
  const paths = [
    `/tasks/${task.task_id}`,
    '/tasks',
    `/tasks?task_code=${task.task_code}`,
    `/attempts/${invitation?.attempt_id}`,
    `/attempts/${invitation?.attempt_id}/states`,
    `/attempts/${invitation?.attempt_id}/events`,
    `/tokens/${invitation?.token}/validate`,
  ];
  // To a stranger an attempt of somebody else is as if there were none.
  const secret = [`/attempts/${invitation?.attempt_id}`, `/attempts/${invitation?.attempt_id}/events`];
  for (const credentials of [undefined, stranger.access_token, elsewheres]) {
    for (const path of paths) {
      const answer = await api.as(credentials).send('GET', path);
      const refused = credentials === stranger.access_token && secret.includes(path) ? 404 : 403;
      const status = path.endsWith('/validate') ? 200 : credentials ? refused : 401;
      expect([path, answer.status]).toEqual([path, status]);
      const text = await answer.text();
      expect(text).not.toContain(task.scenario);
      expect(text).not.toContain(task.options[0]?.label);
    }
  }
  // Nor does a candidate learn which tasks exist.
  expect((await stranger.api.send('GET', `/tasks/${'f'.repeat(24)}`)).status).toBe(403);

  const own = await redeem(stranger.api, invitation?.token ?? '', task);
  for (const reader of [stranger.api, api.as(own.token)]) {
    const { task: read } = await reader.call<{ task: Task }>('GET', `/tasks/${task.task_id}`);
    expect(read.scenario).toBe(task.scenario);
    expect((await reader.send('GET', `/tasks/${other.task_id}`)).status).toBe(403);
  }
  // The next version is another text, and the attempt is not at it.
  const { task: next } = await admin.call<{ task: Task }>('PUT', `/tasks/${task.task_id}`, {
    ...contentOf(task),
    scenario: 'What is asked next time.',
  });
  for (const reader of [stranger.api, api.as(own.token)]) {
    expect((await reader.send('GET', `/tasks/${next.task_id}`)).status).toBe(403);
    expect((await reader.send('GET', `/tasks/${task.task_id}`)).status).toBe(200);
  }
});

/** An event of this test calls an option "low"; to be told one's own word again gives nothing away. */
const withoutOwnWords = (told: string): string => told.replaceAll('\\"low\\"', '');
