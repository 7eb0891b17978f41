import { ApiClient } from '../../src/tools/api-client.ts';
import { logIn } from './accounts.ts';
import type { Served } from './served.ts';

/** The first administrator of every server that the tests start. */
export const ADMIN = { email: 'admin@example.com', password: 'correct horse battery staple' };

/** @returns the administrator's client. */
export async function logInAsAdmin({ url }: Served): Promise<ApiClient> {
  const api = new ApiClient(url);
  return api.as((await logIn(api, ADMIN)).access_token);
}
