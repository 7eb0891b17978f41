import { clientAddress, networkOf } from './client-address.ts';
import type { BareContext } from './context.ts';

/**
 * As whom a request is counted: its attempt or account, or without valid credentials the network that it comes from.
 * @param trustedProxies how many proxies are in front of the server, see `clientAddress`
 */
export function countedAs(
  { state, req }: Pick<BareContext, 'state' | 'req'>,
  trustedProxies: number,
): string {
  const { caller } = state;
  if (!caller) return networkOf(clientAddress(req, trustedProxies));
  return caller.kind === 'attempt' ? caller.attempt_id : caller.user_id;
}
