import type { IdentifyCaller } from '../http/authenticate.ts';
import { AccountCache } from './account-cache.ts';
import { AccountAdministration } from './administration.ts';
import { Authentication } from './authentication.ts';
import { identifyCaller } from './identify.ts';
import { TokenSigner } from './jwt.ts';
import { KnownPlaces } from './known-places.ts';
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
 * @param jwtSecret at least 32 bytes, the same in every process of an installation.
 * @param generationOf the generation of an attempt's valid access tokens
 * @param delays after wrong passwords
 */
export function createAccounts(
  users: UserStore,
  refreshTokens: RefreshTokens,
  jwtSecret: string,
  generationOf: (attempt_id: string) => number,
  delays: PasswordDelays,
): Accounts {
  const tokenSigner = new TokenSigner(jwtSecret);
  const cache = new AccountCache((user_id) => users.findById(user_id));
  const hashing = new PasswordHashing();
  const places = new KnownPlaces(users, jwtSecret);
  return {
    users,
    refreshTokens,
    tokenSigner,
    identify: identifyCaller(tokenSigner, cache, generationOf),
    authentication: new Authentication({ users, refreshTokens, tokenSigner, hashing, delays, places }),
    administration: new AccountAdministration({ users, refreshTokens, cache, hashing }),
  };
}
