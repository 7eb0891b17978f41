import jwt from 'jsonwebtoken';
import type { Task } from '../../src/tasks/task.ts';
import type { ApiClient } from '../../src/tools/api-client.ts';
import { admitCandidate, type Candidate, createTask, issueTokens } from '../integration/candidate.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { startTestServer, type TestServer } from '../support/server.ts';

export const JWT_SECRET = 'the secret of the access tests, over 32 bytes';
const PASSWORD = 'harbour-violin-7-moss';

/** Everybody who may come to a route, by what they show. */
export const PEOPLE = [
  'nobody',
  'stranger',
  'owners_attempt_token',
  'another_attempts_token',
  'admins_attempt_token',
  'candidate',
  'recruiter',
  'admin',
  'deactivated_recruiter',
  'deactivated_candidates_attempt_token',
  'expired_token',
  'refresh_token',
] as const;
export type Person = (typeof PEOPLE)[number];

/** A server with one attempt under way and one completed, both of the same candidate. */
export interface World {
  server: TestServer;
  task: Task;
  open: Candidate;
  done: Candidate;
  owner_id: string;
  admin_id: string;
  /** The credentials of each person, with attempt tokens for the attempt that is asked about. */
  credentials(person: Person, about: 'open' | 'done'): string | undefined;
  /** A token for a task of its own, so that nobody has an attempt at it already. */
  freshToken(): Promise<string>;
  freshRefreshToken(): Promise<string>;
  count: number;
}

interface Session {
  user: { user_id: string };
  access_token: string;
  refresh_token: string;
}

export async function createWorld(): Promise<World> {
  const server = await startTestServer({ JWT_SECRET });
  const { admin, api } = server;
  const signIn = async (name: string, role: 'candidate' | 'recruiter') => {
    const account = { email: `${name}@example.com`, password: PASSWORD };
    await admin.call('POST', '/users', { ...account, role });
    return api.call<Session>('POST', '/auth/login', account);
  };
  const [owner, stranger] = [await signIn('owner', 'candidate'), await signIn('stranger', 'candidate')];
  const [recruiter, leaver] = [await signIn('recruiter', 'recruiter'), await signIn('leaver', 'recruiter')];
  const task = await createTask(admin);
  const otherTask = await createTask(admin);
  const as = (session: Session) => api.as(session.access_token);
  const open = await admitCandidate(admin, as(owner), task);
  await open.does(starts(0), selects(0, 'A'));
  const done = await admitCandidate(admin, as(owner), otherTask);
  await done.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  await done.results('skills');
  const of = {
    another: await admitCandidate(admin, api, task),
    admins: await admitCandidate(admin, admin, task),
    leavers: await admitCandidate(admin, api, task),
  };
  for (const id of [leaver.user.user_id, of.leavers.user_id]) {
    await admin.call('POST', `/users/${id}/deactivate`, {});
  }
  const { user_id: admin_id } = await admin.call<{ user_id: string }>('GET', '/auth/me');
  const claims = { type: 'access', sub: admin_id, role: 'admin', exp: Math.floor(Date.now() / 1000) - 1 };
  const registered = { issuer: 'skill-observation-server', audience: 'skill-observation-api' };

  const fixed: Partial<Record<Person, string>> = {
    stranger: stranger.access_token,
    another_attempts_token: tokenOf(of.another.api),
    admins_attempt_token: tokenOf(of.admins.api),
    candidate: owner.access_token,
    recruiter: recruiter.access_token,
    admin: tokenOf(admin),
    deactivated_recruiter: leaver.access_token,
    deactivated_candidates_attempt_token: tokenOf(of.leavers.api),
    expired_token: jwt.sign(claims, JWT_SECRET, registered),
    refresh_token: recruiter.refresh_token,
  };
  return {
    ...{ server, task, open, done, admin_id, count: 0 },
    owner_id: owner.user.user_id,
    credentials: (person, about) =>
      person === 'owners_attempt_token' ? tokenOf((about === 'open' ? open : done).api) : fixed[person],
    freshToken: async () => {
      const [issued] = await issueTokens(admin, await createTask(admin));
      return issued?.token ?? '';
    },
    freshRefreshToken: async () => {
      const account = { email: 'owner@example.com', password: PASSWORD };
      return (await api.call<Session>('POST', '/auth/login', account)).refresh_token;
    },
  };
}

/** The bearer token of a client, read off the address of its live channel, which carries it. */
function tokenOf(client: ApiClient): string {
  const socket = client.watch('x');
  socket.on('error', () => undefined);
  const token = new URL(socket.url).searchParams.get('token') ?? '';
  socket.terminate();
  return token;
}
