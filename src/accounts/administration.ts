import type { Role } from '../caller.ts';
import { emailTaken, lastAdmin, notFound, ownAccount } from '../errors.ts';
import type { Client } from '../http/client-address.ts';
import type { AccountCache } from './account-cache.ts';
import type { PasswordHashing } from './password-hashing.ts';
import { hashPassword } from './passwords.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

interface Parts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  cache: AccountCache;
  hashing: PasswordHashing;
}

/** What administrators can do with other people's accounts. */
export class AccountAdministration {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Creates an account with any role. An invited candidate without a password keeps the account and gets this
   * password. An administrator knows whose address it is, so invitations of a candidate's address are meant for the
   * new account.
   * @throws Refusal 409 `email_taken`, also if an invited candidate has the address and another role is asked for
   */
  async create(
    { email, password, role }: { email: string; password: string; role: Role },
    client: Client,
  ): Promise<User> {
    const { users, hashing } = this.#parts;
    const password_hash = await hashing.run(client, () => hashPassword(password));
    if (role === 'candidate') {
      const invited = await users.setFirstPassword(email, password_hash);
      return invited ?? users.create({ email, password_hash, role, isInvited: true });
    }
    if (await users.findByEmail(email)) throw emailTaken('Somebody has this e-mail address already.');
    return users.create({ email, password_hash, role });
  }

  /**
   * Invalidates all tokens of an account at once and refuses further log-ins.
   * @throws Refusal 404; 409 `own_account`; 409 `last_admin` if two administrators deactivate each other
   */
  async deactivate(actor_id: string, user_id: string): Promise<User> {
    if (actor_id === user_id) throw ownAccount('You cannot deactivate your own account.');
    const user = await this.#setActive(user_id, false);
    // Checked after the write: if two administrators deactivate each other, the later one sees that none is left.
    if (user.role === 'admin' && !(await this.#parts.users.hasActiveAdmin())) {
      await this.#setActive(user_id, true);
      throw lastAdmin('This is the last active administrator.');
    }
    await this.#parts.refreshTokens.revokeAllOf(user_id);
    return user;
  }

  /** Lets a deactivated account log in again. @throws Refusal 404 */
  reactivate(user_id: string): Promise<User> {
    return this.#setActive(user_id, true);
  }

  async #setActive(user_id: string, is_active: boolean): Promise<User> {
    const user = await this.#parts.users.setActive(user_id, is_active);
    if (!user) throw notFound('There is no such account.');
    this.#parts.cache.forget(user_id);
    return user;
  }
}
