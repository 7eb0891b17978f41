import type { AuditLog } from '../audit/audit-log.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import { AccountCache } from './account-cache.ts';
import { AccountAdministration } from './administration.ts';
import { Authentication } from './authentication.ts';
import { identifyCaller } from './identify.ts';
import { TokenSigner } from './jwt.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { UserStore } from './user-store.ts';

/** Everything about accounts, put together. */
export interface Accounts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  tokens: TokenSigner;
  identify: IdentifyCaller;
  authentication: Authentication;
  administration: AccountAdministration;
}

/** @param jwtSecret at least 32 bytes, the same in every process of an installation. */
export function createAccounts(
  users: UserStore,
  refreshTokens: RefreshTokens,
  jwtSecret: string,
  audit: AuditLog,
): Accounts {
  const tokens = new TokenSigner(jwtSecret);
  const cache = new AccountCache((user_id) => users.findById(user_id));
  return {
    users,
    refreshTokens,
    tokens,
    identify: identifyCaller(tokens, cache),
    authentication: new Authentication({ users, refreshTokens, tokens, audit }),
    administration: new AccountAdministration({ users, refreshTokens, cache, audit }),
  };
}
