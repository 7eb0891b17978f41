import type { Role } from '../caller.ts';
import { lastAdmin, notFound, ownAccount } from '../errors.ts';
import type { AccountCache } from './account-cache.ts';
import { hashPassword } from './passwords.ts';
import type { RefreshTokens } from './refresh-tokens.ts';
import type { User } from './user.ts';
import type { UserStore } from './user-store.ts';

interface Parts {
  users: UserStore;
  refreshTokens: RefreshTokens;
  cache: AccountCache;
}

/** What administrators do with other people's accounts. */
export class AccountAdministration {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /**
   * Makes an account of any role; an invited candidate without a password gets this one as the first.
   * @throws Refusal 409 `email_taken`
   */
  async create({ email, password, role }: { email: string; password: string; role: Role }): Promise<User> {
    const { users } = this.#parts;
    const password_hash = await hashPassword(password);
    const invited = role === 'candidate' ? await users.setFirstPassword(email, password_hash) : null;
    return invited ?? users.create({ email, password_hash, role });
  }

  /**
   * Stops all tokens of an account at once, and every log-in from now on.
   * @throws Refusal 404; 409 `own_account`; 409 `last_admin` where two administrators deactivate each other.
   */
  async deactivate(actor_id: string, user_id: string): Promise<User> {
    if (actor_id === user_id) throw ownAccount('An administrator cannot deactivate the own account.');
    const user = await this.#setActive(user_id, false);
    // Looked at after the write: of two who deactivate each other, the later one sees that nobody is left.
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
