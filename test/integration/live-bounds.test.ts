import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { hireRecruiter, registerCandidate } from '../support/accounts.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { admitCandidate, redeem } from '../support/candidate.ts';
import { eventually } from '../support/eventually.ts';
import { closing, listen, watch } from '../support/live-watcher.ts';
import { starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

const { admin, api, services, url } = await startTestServer({ RATE_LIMITS: 'on' });
const task = await createTask(admin);
const newCandidate = (as = api) => admitCandidate(admin, as, task);
type Watched = Awaited<ReturnType<typeof newCandidate>>;

const several = (count: number, { api, attempt_id }: Pick<Watched, 'api' | 'attempt_id'>) =>
  Promise.all(Array.from({ length: count }, () => watch(api, attempt_id)));

describe('sockets are bounded', () => {
  it('20 with one access token; who closes one may open another', async () => {
    const candidate = await newCandidate();
    const sockets = await several(20, candidate);
    const refused = await closing(candidate.api.watch(candidate.attempt_id));
    expect(refused).toEqual({
      code: 4429,
      reason: 'This token has 20 sockets; close one before you open another.',
    });
    await sockets[0]?.close();
    sockets[1]?.drop();
    await eventually(() => several(2, candidate));
    expect((await closing(candidate.api.watch(candidate.attempt_id))).code).toBe(4429);
    await candidate.does(starts(0));
    for (const socket of sockets.slice(2)) await socket.hears('event_ack');
  });

  it('of forty who ask at once with one token, twenty are served', async () => {
    const candidate = await newCandidate();
    const sockets = Array.from({ length: 40 }, () => listen(candidate.api.watch(candidate.attempt_id)));
    const served = () => sockets.filter(({ heard }) => heard.length > 0);
    const refused = () => sockets.filter(({ isOpen, heard }) => !isOpen && heard.length === 0);
    await eventually(() => expect([served().length, refused().length]).toEqual([20, 20]));
  });

  it('20 of one person on one attempt, with whatever tokens; staff may watch as many other attempts', async () => {
    const recruiter = await hireRecruiter(admin);
    const [one, other] = [await newCandidate(), await newCandidate()];
    await several(20, { api: recruiter, attempt_id: one.attempt_id });
    const refused = await closing(recruiter.watch(one.attempt_id));
    expect(refused).toEqual({
      code: 4429,
      reason: 'You have 20 sockets on this attempt; close one before you open another.',
    });
    await several(20, { api: recruiter, attempt_id: other.attempt_id });
    await several(1, one);
    await several(1, { api: admin, attempt_id: one.attempt_id });
  });

  it('the candidate’s account and the attempt’s own token count as one person', async () => {
    const account = await registerCandidate(api);
    const { token } = await issueToken(admin, task);
    const { attempt_id, token: own } = await redeem(account.api, token, task);
    await several(10, { api: account.api, attempt_id });
    await several(10, { api: api.as(own), attempt_id });
    expect((await closing(account.api.watch(attempt_id))).code).toBe(4429);
  });
});

describe('given connections that wait to be admitted', () => {
  /** Holds all look-ups of attempts back until it is called. @returns a function that lets them go on */
  function holdLookups() {
    const { attempts } = services;
    const find = attempts.find.bind(attempts);
    const looked: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    attempts.find = async (attempt_id) => {
      looked.push(attempt_id);
      await held;
      return find(attempt_id);
    };
    return {
      looked,
      release: () => {
        attempts.find = find;
        release();
      },
    };
  }

  it('when they hang up, then nothing more is looked up for them, and others are admitted', async () => {
    const candidates = await Promise.all(Array.from({ length: 12 }, () => newCandidate()));
    const [honest, ...others] = candidates as [Watched, ...Watched[]];
    const lookups = holdLookups();
    const sockets = others.flatMap(({ api, attempt_id }) => [
      api.watch(attempt_id),
      api.watch(attempt_id, 0),
    ]);
    for (const socket of sockets) socket.on('error', () => undefined);
    await eventually(() => expect(lookups.looked.length).toBeGreaterThanOrEqual(4));
    const waiting = honest.api.watch(honest.attempt_id);
    // So that the server has all requests.
    await fetch(`${url}/healthz`);
    for (const socket of sockets) socket.terminate();
    await eventually(() =>
      expect(sockets.every(({ readyState }) => readyState === WebSocket.CLOSED)).toBe(true),
    );
    await fetch(`${url}/healthz`);
    lookups.release();
    const watcher = listen(waiting);
    await watcher.hears('attempt_state');
    expect(lookups.looked.filter((attempt_id) => attempt_id !== honest.attempt_id).length).toBeLessThan(10);
    expect(services.feed.watchedAttempts).toContain(honest.attempt_id);
    await eventually(() => expect(services.feed.isWatched(others[0]?.attempt_id ?? '')).toBe(false));
    await honest.does(starts(0), views(0, 'A', 1));
    await watcher.hears('event_ack', ({ sequence_number }) => sequence_number === 2);
  });
});
