import { notAuthenticated } from '../errors.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import type { AccountCache } from './account-cache.ts';
import type { TokenSigner } from './jwt.ts';

/**
 * Finds the caller that a bearer token stands for. The role is the account's current one, not the one it had when
 * the token was issued. Tokens of a deactivated account stop working, attempt tokens included.
 * @param generationOf the generation of an attempt's valid tokens
 * @returns a function that throws Refusal 401 if the token is not valid or no longer valid.
 */
export function identifyCaller(
  tokenSigner: TokenSigner,
  accounts: AccountCache,
  generationOf: (attempt_id: string) => number,
): IdentifyCaller {
  return async (bearerToken) => {
    const claims = tokenSigner.verify(bearerToken);
    if (claims.type === 'attempt' && (claims.generation ?? 0) < generationOf(claims.attempt_id)) {
      throw notAuthenticated(
        'A newer access token was issued for this attempt; this one is no longer valid.',
      );
    }
    const user = await accounts.get(claims.sub);
    if (!user?.is_active)
      throw notAuthenticated('The account of this token is deactivated or does not exist.');
    return claims.type === 'attempt'
      ? { kind: 'attempt', user_id: user.user_id, attempt_id: claims.attempt_id }
      : { kind: 'account', user_id: user.user_id, role: user.role };
  };
}
