import type { ApiClient } from '../../src/tools/api-client.ts';

/** The password of every account created by the tests. */
export const PASSWORD = 'harbour-violin-7-moss';

/** The answer to a log-in or registration. */
export interface LoggedIn {
  user: { user_id: string };
  access_token: string;
  refresh_token: string;
}

export function logIn(api: ApiClient, account: { email: string; password: string }): Promise<LoggedIn> {
  return api.call('POST', '/auth/login', account);
}

let accounts = 0;
const newAddress = (role: string) => {
  accounts += 1;
  return `${role}-${accounts}@example.com`;
};

/** Registers a candidate, which also logs the candidate in. */
export async function registerCandidate(api: ApiClient, email = newAddress('candidate')) {
  const { user, access_token } = await api.call<LoggedIn>('POST', '/auth/register', {
    email,
    password: PASSWORD,
  });
  return { email, user_id: user.user_id, access_token, api: api.as(access_token) };
}

/** Lets the administrator create an account, and logs in with it. */
export async function createAccount(
  admin: ApiClient,
  role: 'candidate' | 'recruiter',
  email = newAddress(role),
): Promise<LoggedIn> {
  const account = { email, password: PASSWORD };
  await admin.call('POST', '/users', { ...account, role });
  return logIn(admin.as(undefined), account);
}

/** Creates a recruiter and logs in. */
export async function hireRecruiter(admin: ApiClient): Promise<ApiClient> {
  return admin.as((await createAccount(admin, 'recruiter')).access_token);
}
