import { invalidCredentials, notAuthenticated } from '../errors.ts';
import type { Client } from '../http/client-address.ts';
import { ACCESS_TOKEN_SECONDS, type TokenSigner } from './jwt.ts';
import type { KnownPlaces } from './known-places.ts';
import type { PasswordDelays } from './log-in-delays.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { LogIn } from './schemas.ts';
import type { Credentials, User } from './user.ts';
import type { UserStore } from './user-store.ts';

interface Parts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  tokenSigner: TokenSigner;
  hashing: PasswordHashing;
  delays: PasswordDelays;
  places: KnownPlaces;
}

/** What a log-in is tried with. */
interface Try {
  /** The e-mail address, or whatever else identifies the account; there need not be one. */
  account: string;
  password: string;
  /** Null if there is no such account. */
  credentials: Credentials | null;
  client: Client;
}

/** What people can do with their own account. New passwords have already been checked against the rules. */
export class Authentication {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Creates a candidate account. There is no proof that the person who registers can read the address's mail, so the
   * account has nothing to do with invitations of the address, and whether there are any makes no difference.
   * @throws Refusal 409 `email_taken` if there is an account with this address
   */
  async register({ email, password }: { email: string; password: string }, client: Client): Promise<LogIn> {
    const password_hash = await this.#parts.hashing.run(client, () => hashPassword(password));
    const user = await this.#parts.users.create({ email, password_hash, role: 'candidate' });
    return this.#begin(user, client);
  }

  /**
   * @param onFailure is told whose account it was, or null if there is no such account
   * @throws Refusal 401, with the same words and timing for an unknown address, a wrong password or a deactivated account;
   * 429 after too many wrong passwords, see `LogInDelays`
   */
  async login(
    { email, password }: { email: string; password: string },
    client: Client,
    onFailure: (user_id: string | null) => void,
  ): Promise<LogIn> {
    const { users, hashing } = this.#parts;
    const credentials = await hashing.lookUp(client, () => users.findCredentials({ email }));
    const isRight = await this.#isRight({ account: email, password, credentials, client });
    if (!credentials || !isRight) {
      onFailure(credentials?.user.user_id ?? null);
      throw invalidCredentials('The e-mail address or the password is wrong.');
    }
    return this.#begin(credentials.user, client);
  }

  /** @throws Refusal 401 if the token is unknown, used before or expired, or its account is deactivated */
  async refresh(token: string, client: Client): Promise<LogIn> {
    const { user_id, refresh_token } = await this.#parts.refreshTokens.exchange(token);
    const user = await this.#parts.users.findById(user_id);
    if (!user?.is_active)
      throw notAuthenticated('The account of this token is deactivated or does not exist.');
    await this.#parts.places.remember(user_id, client);
    return this.#logIn(user, refresh_token);
  }

  /** Ends the log-in that the refresh token belongs to; does nothing for an unknown token. */
  logout(token: string): Promise<void> {
    return this.#parts.refreshTokens.revokeFamilyOf(token);
  }

  /**
   * Changes the password and ends all other log-ins of the account. Access tokens already issued keep working for up
   * to 15 minutes.
   * @throws Refusal 401 for a wrong current password, also if it was changed by another request at the same moment; 429
   * after too many wrong passwords
   */
  async changePassword(
    user_id: string,
    change: { current: string; next: string },
    client: Client,
  ): Promise<LogIn> {
    const { users, refreshTokens, hashing } = this.#parts;
    const credentials = await hashing.lookUp(client, () => users.findCredentials({ user_id }));
    const stored = credentials?.password_hash;
    const account = credentials?.user.email ?? user_id;
    const isRight = await this.#isRight({ account, password: change.current, credentials, client });
    if (!credentials || !stored || !isRight) throw invalidCredentials('The current password is wrong.');
    const next = await hashing.run(client, () => hashPassword(change.next));
    if (!(await users.replacePasswordHash(user_id, stored, next))) {
      throw invalidCredentials('The password has been changed in the meantime; log in with the new one.');
    }
    await refreshTokens.revokeAllOf(user_id);
    return this.#begin(credentials.user, client);
  }

  /**
   * Whether the account may be logged in to with this password. The delays are looked at in the turn, so that of many
   * simultaneous tries no more are made than one after the other.
   */
  #isRight({ account, password, credentials, client }: Try): Promise<boolean> {
    const { delays, hashing, places } = this.#parts;
    const isKnownPlace = credentials !== null && places.has(credentials, client);
    const tried = { account, networks: client.networks, isKnownPlace };
    return hashing.run(client, async () => {
      await delays.refuseEarly(tried);
      const matches = await verifyPassword(credentials?.password_hash ?? null, password);
      const isRight = matches && credentials?.user.is_active === true;
      await (isRight ? delays.countSuccess(tried) : delays.countFailure(tried));
      return isRight;
    });
  }

  async #begin(user: User, client: Client): Promise<LogIn> {
    await this.#parts.places.remember(user.user_id, client);
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
