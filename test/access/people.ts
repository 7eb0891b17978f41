import jwt from 'jsonwebtoken';
import type { Task } from '../../src/tasks/task.ts';
import { createAccount, type LoggedIn, logIn, PASSWORD } from '../support/accounts.ts';
import { createTask, issueToken } from '../support/assessment.ts';
import { admitCandidate, type Candidate } from '../support/candidate.ts';
import { completes, selects, starts } from '../support/recorded.ts';
import { ADMIN, startTestServer, type TestServer } from '../support/server.ts';

export const JWT_SECRET = 'the secret of the access tests, over 32 bytes';

/** Everybody who may call a route, by their credentials. */
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

/** A server in this process or in another one, whose secret is `JWT_SECRET`. */
export type WorldServer = Pick<TestServer, 'url' | 'machinesLink' | 'api' | 'admin'>;

/** A server with an open and a completed attempt of the same candidate. */
export interface World<Server extends WorldServer = WorldServer> {
  server: Server;
  task: Task;
  open: Candidate;
  done: Candidate;
  owner_id: string;
  admin_id: string;
  /** The credentials of each person; attempt tokens are for the attempt in the request. */
  credentials(person: Person, about: 'open' | 'done'): string | undefined;
  /** A token for its own task, so that nobody has an attempt at it yet. */
  freshToken(): Promise<string>;
  freshRefreshToken(): Promise<string>;
  count: number;
}

export const createWorld = async () => createWorldOn(await startTestServer({ JWT_SECRET }));

export async function createWorldOn<Server extends WorldServer>(server: Server): Promise<World<Server>> {
  const { admin, api } = server;
  const owner = await createAccount(admin, 'candidate', 'owner@example.com');
  const stranger = await createAccount(admin, 'candidate');
  const recruiter = await createAccount(admin, 'recruiter');
  const leaver = await createAccount(admin, 'recruiter');
  const task = await createTask(admin);
  const otherTask = await createTask(admin);
  const as = (session: LoggedIn) => api.as(session.access_token);
  const open = await admitCandidate(admin, as(owner), task);
  await open.does(starts(0), selects(0, 'A'));
  const done = await admitCandidate(admin, as(owner), otherTask);
  await done.does(starts(0), selects(0, 'A'), completes(0, 'A'));
  // Comes last: a checkpoint of the log includes it.
  await done.results('evidence');
  const of = {
    another: await admitCandidate(admin, api, task),
    admins: await admitCandidate(admin, admin, task),
    leavers: await admitCandidate(admin, api, task),
  };
  for (const id of [leaver.user.user_id, of.leavers.user_id]) {
    await admin.call('POST', `/users/${id}/deactivate`, {});
  }
  const admins = await logIn(api, ADMIN);
  const admin_id = admins.user.user_id;
  const claims = { type: 'access', sub: admin_id, role: 'admin', exp: Math.floor(Date.now() / 1000) - 1 };
  const registered = { issuer: 'skill-observation-server', audience: 'skill-observation-api' };

  const fixed: Partial<Record<Person, string>> = {
    stranger: stranger.access_token,
    another_attempts_token: of.another.token,
    admins_attempt_token: of.admins.token,
    candidate: owner.access_token,
    recruiter: recruiter.access_token,
    admin: admins.access_token,
    deactivated_recruiter: leaver.access_token,
    deactivated_candidates_attempt_token: of.leavers.token,
    expired_token: jwt.sign(claims, JWT_SECRET, registered),
    refresh_token: recruiter.refresh_token,
  };
  const world: World<Server> = {
    server,
    task,
    open,
    done,
    admin_id,
    count: 0,
    owner_id: owner.user.user_id,
    credentials: (person, about) => (person === 'owners_attempt_token' ? world[about].token : fixed[person]),
    freshToken: async () => {
      const { token } = await issueToken(admin, await createTask(admin));
      return token;
    },
    freshRefreshToken: async () => {
      const account = { email: 'owner@example.com', password: PASSWORD };
      return (await logIn(api, account)).refresh_token;
    },
  };
  return world;
}
