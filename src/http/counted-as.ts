import type { ClientAddresses } from './client-address.ts';
import type { BareContext } from './context.ts';

/**
 * As whom a request is counted: its attempt or account, or without valid credentials the network that it comes from.
 */
export function countedAs(
  { state, req }: Pick<BareContext, 'state' | 'req'>,
  clients: ClientAddresses,
): string {
  const { caller } = state;
  if (!caller) return clients.clientOf(req).networks[0] ?? '';
  return caller.kind === 'attempt' ? caller.attempt_id : caller.user_id;
}
