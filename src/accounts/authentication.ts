import { invalidCredentials, notAuthenticated } from '../errors.ts';
import { ACCESS_TOKEN_SECONDS, type TokenSigner } from './jwt.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

/** What a log-in gives (RFC 6749, section 5.1): an access token and what gets the next one. */
export interface LogIn {
  user: User;
  access_token: string;
  refresh_token: string;
  token_type: 'Bearer';
  /** Seconds the access token is good for. */
  expires_in: number;
}

interface Parts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  tokenSigner: TokenSigner;
}

/** What people do with their own account. New passwords were checked against the rules before they come here. */
export class Authentication {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes a candidate account. An address that was invited counts as taken: nothing shows that whoever
   * registers can read its mail, and the account may own an attempt already.
   * @throws Refusal 409 `email_taken`
   */
  async register({ email, password }: { email: string; password: string }): Promise<LogIn> {
    const password_hash = await hashPassword(password);
    const user = await this.#parts.users.create({ email, password_hash, role: 'candidate' });
    return this.#begin(user);
  }

  /** @throws Refusal 401, in the same words and time whatever does not fit: address, password, deactivation. */
  async login({ email, password }: { email: string; password: string }): Promise<LogIn> {
    const credentials = await this.#parts.users.findCredentials({ email });
    const matches = await verifyPassword(credentials?.password_hash ?? null, password);
    if (!credentials?.user.is_active || !matches) {
      throw invalidCredentials('The e-mail address or the password is wrong.');
    }
    return this.#begin(credentials.user);
  }

  /** @throws Refusal 401 for a token that cannot be exchanged (any more), or whose account is deactivated. */
  async refresh(token: string): Promise<LogIn> {
    const { user_id, refresh_token } = await this.#parts.refreshTokens.exchange(token);
    const user = await this.#parts.users.findById(user_id);
    if (!user?.is_active) throw notAuthenticated('The account of this token is deactivated or unknown.');
    return this.#logIn(user, refresh_token);
  }

  /** Ends the log-in that the refresh token came of; an unknown one is none to end. */
  logout(token: string): Promise<void> {
    return this.#parts.refreshTokens.revokeFamilyOf(token);
  }

  /**
   * Ends every other log-in of the account, too; access tokens still out work for up to 15 minutes.
   * @throws Refusal 401 for a wrong current password.
   */
  async changePassword(user_id: string, change: { current: string; next: string }): Promise<LogIn> {
    const { users, refreshTokens } = this.#parts;
    const credentials = await users.findCredentials({ user_id });
    const matches = await verifyPassword(credentials?.password_hash ?? null, change.current);
    if (!credentials || !matches) throw invalidCredentials('The current password is wrong.');
    await users.setPasswordHash(user_id, await hashPassword(change.next));
    await refreshTokens.revokeAllOf(user_id);
    return this.#begin(credentials.user);
  }

  async #begin(user: User): Promise<LogIn> {
    return this.#logIn(user, await this.#parts.refreshTokens.issue(user.user_id));
  }

  #logIn(user: User, refresh_token: string): LogIn {
    return {
      user,
      access_token: this.#parts.tokenSigner.signAccessToken(user),
      refresh_token,
      token_type: 'Bearer',
      expires_in: ACCESS_TOKEN_SECONDS,
    };
  }
}
