import type { AuditLog } from '../audit/audit-log.ts';
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
  audit: AuditLog;
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
  async create(
    actor_id: string,
    { email, password, role }: { email: string; password: string; role: Role },
  ): Promise<User> {
    const { users } = this.#parts;
    const password_hash = await hashPassword(password);
    const invited = role === 'candidate' ? await users.setFirstPassword(email, password_hash) : null;
    const user = invited ?? (await users.create({ email, password_hash, role }));
    await this.#record(actor_id, 'account_created', user);
    return user;
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
    await this.#record(actor_id, 'account_deactivated', user);
    return user;
  }

  /** Lets a deactivated account log in again. @throws Refusal 404 */
  async reactivate(actor_id: string, user_id: string): Promise<User> {
    const user = await this.#setActive(user_id, true);
    await this.#record(actor_id, 'account_reactivated', user);
    return user;
  }

  async #setActive(user_id: string, is_active: boolean): Promise<User> {
    const user = await this.#parts.users.setActive(user_id, is_active);
    if (!user) throw notFound('There is no such account.');
    this.#parts.cache.forget(user_id);
    return user;
  }

  #record(actor_id: string, action: string, { user_id, role }: User): Promise<void> {
    const target = { target_type: 'user', target_id: user_id };
    return this.#parts.audit.record({ actor_id, action, ...target, details: { role } });
  }
}
