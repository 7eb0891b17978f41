import { PASSWORD } from '../support/accounts.ts';
import { PEOPLE, type Person, type World } from './people.ts';

export type Expected = Record<Person, number>;
type Body = object | undefined;

/** One route: the request, and the status each person gets. */
export interface RouteRow {
  route: string;
  /** Values for the parameters of the path. */
  path?: (world: World) => string | Promise<string>;
  body?: (world: World) => Body | Promise<Body>;
  /** Which attempt token the owner uses: the completed attempt's if the route needs one. */
  about?: 'open' | 'done';
  expected: Expected;
}

const everybody = (status: number): Expected =>
  Object.fromEntries(PEOPLE.map((person) => [person, status])) as Expected;
/** Credentials that were sent but are not valid. */
const badOnes = (status: number) => ({
  deactivated_recruiter: status,
  deactivated_candidates_attempt_token: status,
  expired_token: status,
  refresh_token: status,
});
const refusedBut = (allowed: Partial<Expected>): Expected => ({
  ...everybody(403),
  nobody: 401,
  ...badOnes(401),
  ...allowed,
});
const staff = (status: number) => refusedBut({ recruiter: status, admin: status });
const admins = (status: number) => refusedBut({ admin: status });
/** A stranger with an account could guess ids: somebody else's attempt is answered as one that does not exist. */
const ofAttempt = (allowed: Partial<Expected>) => refusedBut({ stranger: 404, ...allowed });
const readers = (status: number) =>
  ofAttempt({ owners_attempt_token: status, candidate: status, recruiter: status, admin: status });
const owner = (status: number) => ofAttempt({ owners_attempt_token: status, candidate: status });
const accounts = (status: number) =>
  refusedBut({ stranger: status, candidate: status, recruiter: status, admin: status });

const path = (template: string) => (world: World) =>
  template
    .replace('OPEN', world.open.attempt_id)
    .replace('DONE', world.done.attempt_id)
    .replace('TASK', world.task.task_id)
    .replace('OWNER', world.owner_id)
    .replace('ADMIN', world.admin_id);
const view = (world: World) => ({
  attempt_id: world.open.attempt_id,
  event_type: 'option_viewed',
  timestamp_client: new Date().toISOString(),
  payload: {
    option_id: world.task.options[0]?.option_id,
    option_code: world.task.options[0]?.option_code,
    duration_ms: 1,
  },
});

/** Every route of the server. Bodies are valid unless the status says otherwise. */
export const ROUTES: RouteRow[] = [
  { route: 'GET /healthz', expected: everybody(200) },
  { route: 'GET /readyz', expected: everybody(200) },
  // From this computer, and outside production; a METRICS_TOKEN opens it for others.
  { route: 'GET /metrics', expected: everybody(200) },

  {
    route: 'POST /api/v1/auth/register',
    body: (world) => ({ email: `person-${++world.count}@example.com`, password: PASSWORD }),
    expected: everybody(201),
  },
  {
    route: 'POST /api/v1/auth/login',
    body: () => ({ email: 'owner@example.com', password: PASSWORD }),
    expected: everybody(200),
  },
  {
    route: 'POST /api/v1/auth/refresh',
    body: async (world) => ({ refresh_token: await world.freshRefreshToken() }),
    expected: everybody(200),
  },
  {
    route: 'POST /api/v1/auth/logout',
    body: async (world) => ({ refresh_token: await world.freshRefreshToken() }),
    expected: everybody(204),
  },
  { route: 'GET /api/v1/auth/me', expected: accounts(200) },
  // The wrong current password: 401 for everybody with an account, too.
  {
    route: 'POST /api/v1/auth/password',
    body: () => ({ current_password: 'not the password', new_password: PASSWORD }),
    expected: accounts(401),
  },

  {
    route: 'POST /api/v1/users',
    body: (world) => ({
      email: `hired-${++world.count}@example.com`,
      password: PASSWORD,
      role: 'recruiter',
    }),
    expected: admins(201),
  },
  // The administrator's own account, which cannot be deactivated.
  {
    route: 'POST /api/v1/users/:user_id/deactivate',
    path: path('/api/v1/users/ADMIN/deactivate'),
    body: () => ({}),
    expected: admins(409),
  },
  {
    route: 'POST /api/v1/users/:user_id/reactivate',
    path: path('/api/v1/users/OWNER/reactivate'),
    body: () => ({}),
    expected: admins(200),
  },
  {
    route: 'GET /api/v1/users/:user_id/profile',
    path: path('/api/v1/users/OWNER/profile'),
    expected: staff(200),
  },

  {
    route: 'POST /api/v1/tokens/generate',
    body: ({ task }) => ({ task_id: task.task_id }),
    expected: staff(201),
  },
  { route: 'GET /api/v1/tokens', expected: staff(200) },
  {
    route: 'GET /api/v1/tokens/:token/validate',
    path: async (world) => `/api/v1/tokens/${await world.freshToken()}/validate`,
    expected: everybody(200),
  },
  // An attempt that the administrator issued and its owner redeemed: not the recruiter's, and too late.
  {
    route: 'POST /api/v1/tokens/revoke',
    body: ({ open }) => ({ attempt_id: open.attempt_id }),
    expected: admins(409),
  },

  { route: 'GET /api/v1/tasks', expected: staff(200) },
  // Candidates only after the own redemption; all attempt tokens here are for attempts at this task.
  {
    route: 'GET /api/v1/tasks/:task_id',
    path: path('/api/v1/tasks/TASK'),
    expected: refusedBut({
      owners_attempt_token: 200,
      another_attempts_token: 200,
      admins_attempt_token: 200,
      candidate: 200,
      recruiter: 200,
      admin: 200,
    }),
  },
  { route: 'POST /api/v1/tasks', body: () => ({}), expected: admins(422) },
  {
    route: 'PUT /api/v1/tasks/:task_id',
    path: path('/api/v1/tasks/TASK'),
    body: () => ({}),
    expected: admins(422),
  },
  // A task that does not exist.
  {
    route: 'POST /api/v1/tasks/:task_id/deactivate',
    path: () => `/api/v1/tasks/${'f'.repeat(24)}/deactivate`,
    body: () => ({}),
    expected: admins(404),
  },

  {
    route: 'POST /api/v1/attempts',
    body: async (world) => ({ token: await world.freshToken() }),
    expected: everybody(201),
  },
  {
    route: 'POST /api/v1/attempts/:attempt_id/access',
    path: path('/api/v1/attempts/DONE/access'),
    expected: admins(409),
  },
  { route: 'GET /api/v1/attempts', expected: staff(200) },
  { route: 'GET /api/v1/attempts/:attempt_id', path: path('/api/v1/attempts/OPEN'), expected: readers(200) },
  {
    route: 'GET /api/v1/attempts/:attempt_id/events',
    path: path('/api/v1/attempts/OPEN/events'),
    expected: readers(200),
  },
  {
    route: 'GET /api/v1/attempts/:attempt_id/metrics',
    path: path('/api/v1/attempts/DONE/metrics'),
    about: 'done',
    expected: readers(200),
  },
  {
    route: 'GET /api/v1/attempts/:attempt_id/evidence',
    path: path('/api/v1/attempts/DONE/evidence'),
    about: 'done',
    expected: readers(200),
  },
  { route: 'GET /verify', path: path('/verify'), expected: everybody(200) },
  { route: 'GET /log/checkpoint', path: path('/log/checkpoint'), expected: everybody(200) },
  { route: 'GET /log/entries', path: path('/log/entries?from=0'), expected: everybody(200) },
  { route: 'GET /log/proof', path: path('/log/proof?from=0'), expected: everybody(200) },
  {
    route: 'GET /api/v1/attempts/:attempt_id/skills',
    path: path('/api/v1/attempts/DONE/skills'),
    about: 'done',
    expected: readers(200),
  },
  // Already completed.
  {
    route: 'POST /api/v1/attempts/:attempt_id/complete',
    path: path('/api/v1/attempts/DONE/complete'),
    about: 'done',
    expected: owner(409),
  },
  { route: 'POST /api/v1/events', body: view, expected: owner(201) },
  {
    route: 'POST /api/v1/events/batch',
    body: (world) => ({ events: [view(world)] }),
    expected: owner(201),
  },

  { route: 'GET /api/v1/audit', expected: admins(200) },

  {
    route: 'GET /api/v1/attempts/:attempt_id/states',
    path: path('/api/v1/attempts/OPEN/states'),
    expected: staff(200),
  },
  // The page itself is empty; its content comes by routes for staff only.
  { route: 'GET /machines', expected: everybody(200) },
  { route: 'GET /machines/page/:name', path: () => '/machines/page/page.css', expected: everybody(200) },
  {
    route: 'GET /machines/pictures/:machine_id',
    path: () => '/machines/pictures/attempt-v1',
    expected: staff(200),
  },
  { route: 'GET /client/v1.js', expected: everybody(200) },
  // On the server's own computer, outside production and with the key; test/inspector tries the other cases.
  {
    route: 'POST /machines/pass',
    body: ({ server }) => ({ key: new URL(server.machinesLink ?? '').hash.replace('#key=', '') }),
    expected: everybody(200),
  },
];

/** The close code of the open attempt's live channel; 1000 means that the socket was served. */
export const LIVE_CHANNEL: Expected = {
  ...everybody(4403),
  nobody: 4401,
  ...badOnes(4401),
  owners_attempt_token: 1000,
  candidate: 1000,
  recruiter: 1000,
  admin: 1000,
};
