import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { hireRecruiter, registerCandidate } from '../support/accounts.ts';
import { createTask, issueTokens } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { closing, listen, watch } from '../support/live-watcher.ts';
import {
  abandons,
  changes,
  completes,
  selects,
  starts,
  submitsReasoning,
  views,
} from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, url } = await startTestServer();
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

describe('what a candidate hears', () => {
  it('is the state on connecting', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    await watcher.isUpToDate();
    expect(watcher.heard).toEqual([
      {
        type: 'attempt_state',
        data: {
          state: 'waiting_for_start',
          allowed_events: ['task_started'],
          sequence_number: 0,
          status: 'pending',
        },
      },
      { type: 'pong', data: {} },
    ]);
  });

  it('is each event and the state after it, in order, up to the results', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    const acks = await candidate.does(
      starts(0),
      selects(0, 'A'),
      abandons(0),
      changes(0, 'A', 'B'),
      completes(0, 'B'),
    );
    await watcher.hears('metrics_ready');
    await watcher.isUpToDate();

    const types = watcher.heard.map(({ type }) => type);
    expect(types.slice(0, 12)).toEqual([
      'attempt_state',
      ...['event_ack', 'attempt_status', 'attempt_state'],
      ...['event_ack', 'attempt_state'],
      ...['event_ack', 'attempt_state'],
      ...['event_ack', 'attempt_state'],
      ...['event_ack', 'attempt_status'],
    ]);
    expect(types.filter((type) => type === 'metrics_ready')).toHaveLength(1);
    expect(types.slice(12).filter((type) => type === 'event_ack' || type === 'attempt_status')).toEqual([]);

    const log = await candidate.log();
    expect(watcher.all('event_ack')).toEqual(
      acks.map(({ acknowledged: _, ...ack }, n) => ({ ...ack, event_type: log[n]?.event_type })),
    );
    expect(watcher.all('attempt_status')).toEqual([
      { status: 'in_progress', completed_at: null },
      { status: 'completed', completed_at: acks[4]?.timestamp_server },
    ]);
    expect(watcher.all('attempt_state').slice(0, 6)).toMatchObject([
      { state: 'waiting_for_start', sequence_number: 0, status: 'pending' },
      { state: { active: { decision: 'undecided' } }, sequence_number: 1, status: 'in_progress' },
      { state: { active: { decision: 'decided' } }, sequence_number: 2 },
      { state: 'abandoned', sequence_number: 3, status: 'in_progress' },
      { state: { active: { decision: 'decided' } }, sequence_number: 4 },
      { state: { computing: 'metrics' }, sequence_number: 5, status: 'completed', allowed_events: [] },
    ]);
    expect(watcher.all('attempt_state').at(-1)).toMatchObject({ state: 'locked', sequence_number: 5 });
  });

  it('can be acted upon at once: what metrics_ready announces is there', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    const ready = await watcher.hears('metrics_ready');
    expect(ready).toEqual({
      attempt_id: candidate.attempt_id,
      metrics_url: `/api/v1/attempts/${candidate.attempt_id}/metrics`,
      skills_url: `/api/v1/attempts/${candidate.attempt_id}/skills`,
    });
    for (const path of [ready['metrics_url'], ready['skills_url']]) {
      const response = await candidate.api.send('GET', String(path).replace('/api/v1', ''));
      expect(response.status).toBe(200);
    }
  });

  it('can be acted upon at once: whoever hears of the completion is not told that there was none', async () => {
    for (let round = 0; round < 10; round += 1) {
      const candidate = await newCandidate();
      const statuses: Promise<number>[] = [];
      const ask = async () =>
        (await candidate.api.send('GET', `/attempts/${candidate.attempt_id}/metrics`)).status;
      await watch(candidate.api, candidate.attempt_id, undefined, ({ data }) => {
        if (data['event_type'] === 'task_completed' || data['status'] === 'completed') statuses.push(ask());
      });
      await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
      await candidate.results('metrics');
      for (const status of await Promise.all(statuses)) expect([200, 202]).toContain(status);
      expect(statuses.length).toBeGreaterThan(1);
    }
  });

  it('is nothing of refused or repeated events', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    await candidate.post(selects(0, 'A'));
    await candidate.post(starts(0), { client_event_id: 'start' });
    await candidate.post(starts(0), { client_event_id: 'start' });
    await candidate.post(starts(0));
    await watcher.hears('attempt_state', ({ sequence_number }) => sequence_number === 1);
    await watcher.isUpToDate();
    expect(watcher.acknowledged).toEqual([1]);
    expect(watcher.all('attempt_state')).toHaveLength(2);
  });

  it('is heard by every watcher, and after the completion by who comes late', async () => {
    const candidate = await newCandidate();
    const [mine, theirs] = [
      await watch(candidate.api, candidate.attempt_id),
      await watch(await hireRecruiter(admin), candidate.attempt_id),
    ];
    await candidate.does(starts(0), selects(0, 'A'), completes(0, 'A'));
    await mine.hears('metrics_ready');
    await theirs.hears('metrics_ready');
    expect(theirs.all('event_ack')).toEqual(mine.all('event_ack'));

    const late = await watch(candidate.api, candidate.attempt_id);
    await late.isUpToDate();
    expect(late.heard.map(({ type }) => type)).toEqual(['attempt_state', 'metrics_ready', 'pong']);
    expect(late.all('attempt_state')).toMatchObject([{ state: 'locked', sequence_number: 3 }]);
  });

  it('is nothing of other attempts', async () => {
    const [one, two] = [await newCandidate(), await newCandidate()];
    const watcher = await watch(one.api, one.attempt_id);
    await two.does(starts(0), selects(0, 'A'));
    await watcher.isUpToDate();
    expect(watcher.acknowledged).toEqual([]);
  });

  it('never holds a risk or the metadata of an option', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    await candidate.does(starts(0), views(0, 'C', 5), selects(0, 'A'), completes(0, 'A'));
    await watcher.hears('metrics_ready');
    expect(JSON.stringify(watcher.heard)).not.toMatch(/risk|trade_off|"(low|medium|high)"/);
  });
});

it('the expiry of an attempt is told to who watches', async () => {
  const hasty = await startTestServer({ ATTEMPT_TTL_SECONDS: '4' });
  const account = await registerCandidate(hasty.api);
  const candidate = await admitCandidate(hasty.admin, account.api, await createTask(hasty.admin));
  const watcher = await watch(hasty.admin, candidate.attempt_id);
  await account.api.send('POST', '/events', candidate.body(starts(0)));
  await eventually(async () => {
    const response = await account.api.send('POST', '/events', candidate.body(views(0, 'A', 1)));
    expect(response.status, 'the attempt has not expired yet').not.toBe(201);
  });
  await watcher.hears('attempt_status', ({ status }) => status === 'expired');
  await watcher.hears('attempt_state', ({ state }) => state === 'expired');
});

describe('what a client says', () => {
  it('a ping is answered with a pong', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    watcher.send({ type: 'ping' });
    expect(await watcher.hears('pong')).toEqual({});
  });

  it('anything else is answered with an error, and the connection stays', async () => {
    const candidate = await newCandidate();
    const watcher = await watch(candidate.api, candidate.attempt_id);
    const messages = [
      'nonsense',
      '',
      'null',
      '[]',
      '7',
      '{}',
      '{"type":"task_started"}',
      '{"type":7}',
      `"${'x'.repeat(5000)}"`,
    ];
    for (const message of messages) watcher.send(message);
    watcher.socket.send(Buffer.from('{"type":"ping"}'), { binary: true });
    await eventually(() => expect(watcher.all('error')).toHaveLength(messages.length + 1));
    for (const { code, detail } of watcher.all('error')) {
      expect(code).toMatch(/^[a-z_]+$/);
      expect(detail).toBeTruthy();
    }
    await candidate.does(starts(0), submitsReasoning(0, 'so'));
    await watcher.hears('event_ack', ({ sequence_number }) => sequence_number === 2);
  });

  it('is answered even when it was said before the connection was admitted', async () => {
    const candidate = await newCandidate();
    const socket = candidate.api.watch(candidate.attempt_id);
    socket.on('open', () => socket.send('{"type":"ping"}'));
    await listen(socket).hears('pong');
  });
});

describe('who is not served is told why', () => {
  const path = (attempt_id: string, query = '') =>
    new WebSocket(`${url.replace('http', 'ws')}/ws/attempts/${attempt_id}${query}`);

  it('4401: no token, or one that proves nothing', async () => {
    const { attempt_id } = await newCandidate();
    for (const socket of [path(attempt_id), path(attempt_id, '?token='), path(attempt_id, '?token=a.b.c')]) {
      expect(await closing(socket)).toMatchObject({ code: 4401 });
    }
  });

  it('4403: another attempt’s token, another candidate’s account', async () => {
    const [one, two] = [await newCandidate(), await newCandidate()];
    const stranger = await registerCandidate(api);
    for (const who of [two.api, stranger.api]) {
      expect(await closing(who.watch(one.attempt_id))).toMatchObject({ code: 4403 });
    }
  });

  it('4404: no such attempt', async () => {
    const staff = await hireRecruiter(admin);
    for (const attempt_id of ['f'.repeat(24), 'nonsense']) {
      expect(await closing(staff.watch(attempt_id))).toMatchObject({ code: 4404 });
    }
  });

  it('4404: another path', async () => {
    expect(await closing(new WebSocket(`${url.replace('http', 'ws')}/elsewhere`))).toMatchObject({
      code: 4404,
    });
  });

  it.each(['-1', 'x', '1.5'])('4400: since=%s', async (since) => {
    const candidate = await newCandidate();
    const query = `?token=${candidate.token}&since=${since}`;
    expect(await closing(path(candidate.attempt_id, query))).toMatchObject({ code: 4400 });
  });

  it('the owning account, a recruiter and an administrator are served, before the redemption too', async () => {
    const account = await registerCandidate(api);
    const candidate = await admitCandidate(admin, account.api, task);
    for (const who of [account.api, await hireRecruiter(admin), admin]) {
      const watcher = await watch(who, candidate.attempt_id);
      expect(watcher.all('attempt_state')).toMatchObject([{ state: 'waiting_for_start' }]);
    }
    const [waiting] = await issueTokens(admin, task);
    const early = await watch(admin, waiting?.attempt_id ?? '');
    expect(early.all('attempt_state')).toMatchObject([{ status: 'pending', allowed_events: [] }]);
  });
});
