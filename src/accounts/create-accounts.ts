import type { Collections } from '../database/collections/index.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import { AccountCache } from './account-cache.ts';
import { AccountAdministration } from './administration.ts';
import { Authentication } from './authentication.ts';
import { identifyCaller } from './identify.ts';
import { TokenSigner } from './jwt.ts';
import { RefreshTokens } from './refresh-tokens.ts';
import { UserStore } from './user-store.ts';

/** Everything about accounts, put together. */
export interface Accounts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  tokenSigner: TokenSigner;
  identify: IdentifyCaller;
  authentication: Authentication;
  administration: AccountAdministration;
}

/** @param jwtSecret at least 32 bytes, the same in every process of an installation. */
export function createAccounts(
  collections: Pick<Collections, 'users' | 'refreshTokens'>,
  jwtSecret: string,
): Accounts {
  const users = new UserStore(collections.users);
  const refreshTokens = new RefreshTokens(collections.refreshTokens);
  const tokenSigner = new TokenSigner(jwtSecret);
  const cache = new AccountCache((user_id) => users.findById(user_id));
  return {
    users,
    refreshTokens,
    tokenSigner,
    identify: identifyCaller(tokenSigner, cache),
    authentication: new Authentication({ users, refreshTokens, tokenSigner }),
    administration: new AccountAdministration({ users, refreshTokens, cache }),
  };
}
