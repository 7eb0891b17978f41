import type { Operation, Who } from '../../src/http/operation.ts';
import { PASSWORD } from '../support/accounts.ts';
import { describeOperations } from '../support/operations.ts';
import { PEOPLE, type Person, type World } from './people.ts';

export type Expected = Record<Person, number>;
type Body = object | undefined;

/** How a route is tried. */
interface Trial {
  /** What those get who may call; 200 if absent. */
  status?: number;
  /** Values for the parameters of the path. */
  path?: (world: World) => string | Promise<string>;
  body?: (world: World) => Body | Promise<Body>;
  /** Which attempt token the owner uses: the completed attempt's if the route needs one. */
  about?: 'open' | 'done';
}

/** One route: the request, and the status each person gets. */
export interface RouteRow extends Trial {
  route: string;
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
/** A stranger with an account could guess ids: somebody else's attempt is answered as one that does not exist. */
const ofAttempt = (allowed: Partial<Expected>) => refusedBut({ stranger: 404, ...allowed });

/** What each person gets from a route, by whom its declaration lets in. */
const EXPECTED: Record<Who, (status: number) => Expected> = {
  anyone: everybody,
  'anyone on this computer': everybody,
  'any credentials': (status) => ({ ...everybody(status), nobody: 401, ...badOnes(401) }),
  'any account': (status) =>
    refusedBut({ stranger: status, candidate: status, recruiter: status, admin: status }),
  // All attempt tokens here are for attempts at the same task.
  'staff, candidates after redeeming': (status) =>
    refusedBut({
      owners_attempt_token: status,
      another_attempts_token: status,
      admins_attempt_token: status,
      candidate: status,
      recruiter: status,
      admin: status,
    }),
  'owner, staff': (status) =>
    ofAttempt({ owners_attempt_token: status, candidate: status, recruiter: status, admin: status }),
  owner: (status) => ofAttempt({ owners_attempt_token: status, candidate: status }),
  staff: (status) => refusedBut({ recruiter: status, admin: status }),
  // All attempts here were issued by the administrator.
  'issuer, admin': (status) => refusedBut({ admin: status }),
  admin: (status) => refusedBut({ admin: status }),
};

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

/** How each route is tried. Bodies are valid unless the status says otherwise. */
const TRIALS: Record<string, Trial> = {
  'POST /api/v1/auth/register': {
    body: (world) => ({ email: `person-${++world.count}@example.com`, password: PASSWORD }),
    status: 201,
  },
  'POST /api/v1/auth/login': { body: () => ({ email: 'owner@example.com', password: PASSWORD }) },
  'POST /api/v1/auth/refresh': {
    body: async (world) => ({ refresh_token: await world.freshRefreshToken() }),
  },
  'POST /api/v1/auth/logout': {
    body: async (world) => ({ refresh_token: await world.freshRefreshToken() }),
    status: 204,
  },
  // The wrong current password: 401 for everybody with an account, too.
  'POST /api/v1/auth/password': {
    body: () => ({ current_password: 'not the password', new_password: PASSWORD }),
    status: 401,
  },

  'POST /api/v1/users': {
    body: (world) => ({
      email: `hired-${++world.count}@example.com`,
      password: PASSWORD,
      role: 'recruiter',
    }),
    status: 201,
  },
  // The administrator's own account, which cannot be deactivated.
  'POST /api/v1/users/:user_id/deactivate': {
    path: path('/api/v1/users/ADMIN/deactivate'),
    body: () => ({}),
    status: 409,
  },
  'POST /api/v1/users/:user_id/reactivate': {
    path: path('/api/v1/users/OWNER/reactivate'),
    body: () => ({}),
  },
  'GET /api/v1/users/:user_id/profile': { path: path('/api/v1/users/OWNER/profile') },

  'POST /api/v1/tokens/generate': { body: ({ task }) => ({ task_id: task.task_id }), status: 201 },
  'GET /api/v1/tokens/:token/validate': {
    path: async (world) => `/api/v1/tokens/${await world.freshToken()}/validate`,
  },
  // An attempt that the administrator issued and its owner redeemed: not the recruiter's, and too late.
  'POST /api/v1/tokens/revoke': { body: ({ open }) => ({ attempt_id: open.attempt_id }), status: 409 },

  // Candidates only after the own redemption; all attempt tokens here are for attempts at this task.
  'GET /api/v1/tasks/:task_id': { path: path('/api/v1/tasks/TASK') },
  'POST /api/v1/tasks': { body: () => ({}), status: 422 },
  'PUT /api/v1/tasks/:task_id': { path: path('/api/v1/tasks/TASK'), body: () => ({}), status: 422 },
  // A task that does not exist.
  'POST /api/v1/tasks/:task_id/deactivate': {
    path: () => `/api/v1/tasks/${'f'.repeat(24)}/deactivate`,
    body: () => ({}),
    status: 404,
  },

  'POST /api/v1/attempts': { body: async (world) => ({ token: await world.freshToken() }), status: 201 },
  'POST /api/v1/attempts/:attempt_id/access': { path: path('/api/v1/attempts/DONE/access'), status: 409 },
  'GET /api/v1/attempts/:attempt_id': { path: path('/api/v1/attempts/OPEN') },
  'GET /api/v1/attempts/:attempt_id/events': { path: path('/api/v1/attempts/OPEN/events') },
  'GET /api/v1/attempts/:attempt_id/metrics': { path: path('/api/v1/attempts/DONE/metrics'), about: 'done' },
  'GET /api/v1/attempts/:attempt_id/skills': { path: path('/api/v1/attempts/DONE/skills'), about: 'done' },
  // Already completed.
  'POST /api/v1/attempts/:attempt_id/complete': {
    path: path('/api/v1/attempts/DONE/complete'),
    about: 'done',
    status: 409,
  },
  'POST /api/v1/events': { body: view, status: 201 },
  'POST /api/v1/events/batch': { body: (world) => ({ events: [view(world)] }), status: 201 },

  'GET /api/v1/attempts/:attempt_id/states': { path: path('/api/v1/attempts/OPEN/states') },
  // The page itself is empty; its content comes by routes for staff only.
  'GET /api/v1/attempts/:attempt_id/evidence': {
    path: path('/api/v1/attempts/DONE/evidence'),
    about: 'done',
  },
  'GET /log/entries': { path: () => '/log/entries?from=0' },
  'GET /log/proof': { path: () => '/log/proof?from=0' },
  'GET /docs/:file': { path: () => '/docs/docs.js' },
  'GET /machines/page/:name': { path: () => '/machines/page/page.css' },
  'GET /machines/pictures/:machine_id': { path: () => '/machines/pictures/attempt-v1' },
  // On the server's own computer, outside production and with the key; test/inspector tries the other cases.
  'POST /machines/pass': {
    body: ({ server }) => ({ key: new URL(server.machinesLink ?? '').hash.replace('#key=', '') }),
  },
};

const nameOf = ({ method, path }: Operation) => `${method.toUpperCase()} ${path}`;

const operations = describeOperations();
const unknown = Object.keys(TRIALS).filter((name) => !operations.some((each) => nameOf(each) === name));
if (unknown.length > 0) throw new Error(`No such routes: ${unknown.join(', ')}`);

/** Every route of the server, with what its declaration promises each person. */
export const ROUTES: readonly RouteRow[] = operations.map((operation) => {
  const route = nameOf(operation);
  const trial = TRIALS[route] ?? {};
  return { ...trial, route, expected: EXPECTED[operation.who](trial.status ?? 200) };
});

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
