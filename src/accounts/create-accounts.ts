import type { IdentifyCaller } from '../http/authenticate.ts';
import { AccountCache } from './account-cache.ts';
import { AccountAdministration } from './administration.ts';
import { Authentication } from './authentication.ts';
import { identifyCaller } from './identify.ts';
import type { TokenSigner } from './jwt.ts';
import type { KnownPlaces } from './known-places.ts';
import type { PasswordDelays } from './log-in-delays.ts';
import { PasswordHashing } from './password-hashing.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { UserStore } from './user-store.ts';

/** Everything about accounts. */
export interface Accounts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  tokenSigner: TokenSigner;
  identify: IdentifyCaller;
  authentication: Authentication;
  administration: AccountAdministration;
}

/**
 * @param generationOf the generation of an attempt's valid access tokens
 * @param delays after wrong passwords
 * @param places from where accounts have logged in
 */
export function createAccounts(
  users: UserStore,
  refreshTokens: RefreshTokens,
  tokenSigner: TokenSigner,
  generationOf: (attempt_id: string) => number,
  delays: PasswordDelays,
  places: KnownPlaces,
): Accounts {
  const cache = new AccountCache((user_id) => users.findById(user_id));
  const hashing = new PasswordHashing();
  return {
    users,
    refreshTokens,
    tokenSigner,
    identify: identifyCaller(tokenSigner, cache, generationOf),
    authentication: new Authentication({ users, refreshTokens, tokenSigner, hashing, delays, places }),
    administration: new AccountAdministration({ users, refreshTokens, cache, hashing }),
  };
}
