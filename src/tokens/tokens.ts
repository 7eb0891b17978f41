import { currentMachine } from '../../machines/index.ts';
import type { User } from '../accounts/user.ts';
import { type Attempt, isRedeemed, type RedeemedAttempt } from '../attempts/attempt.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import {
  alreadyAttempted,
  forbidden,
  notFound,
  type Refusal,
  taskInactive,
  tokenExpired,
  tokenRevoked,
  tokenUsed,
} from '../errors.ts';
import type { AttemptKeyStore } from '../journal/attempt-key-store.ts';
import { type AttemptChain, newChainSecret, startChain } from '../proof/chain-start.ts';
import { chainedTask } from '../tasks/chained-task.ts';
import type { TaskStore } from '../tasks/task-store.ts';
import type { IssuingQuotaStore } from './issuing-quota-store.ts';
import type { Redemption, TokenOrder } from './schemas.ts';
import type { BoundTo, IssuedToken, TokenStore } from './token-store.ts';

/** What redeeming needs from the accounts. */
export interface Candidates {
  findById(user_id: string): Promise<User | null>;
  findByEmail(email: string): Promise<User | null>;
  findOrCreateCandidate(email: string): Promise<User>;
  ensureAnonymousCandidate(user_id: string): Promise<User>;
}

/** What came of an order of tokens. */
export interface Issue {
  issued: IssuedToken[];
  /** The attempts whose tokens were revoked by it. */
  revoked: string[];
}

/**
 * Lifetimes of tokens and attempts, in seconds, the clock by which they run, and whether tokens outlive the account of
 * their issuer.
 */
export interface TokenSettings {
  now(): Date;
  tokenTtlSeconds: number;
  attemptTtlSeconds: number;
  /** Whether unredeemed tokens stay valid when their issuer's account is deactivated. */
  keepsTokensOfDeactivated: boolean;
}

/** Assessment tokens: one secret, one candidate, one attempt at one task. */
export class Tokens {
  readonly #store: TokenStore;
  readonly #tasks: TaskStore;
  readonly #keys: Pick<AttemptKeyStore, 'ensure'>;
  readonly #attempts: Pick<AttemptStore, 'findRedeemedAt'>;
  readonly #candidates: Candidates;
  readonly #quota: IssuingQuotaStore;
  readonly #settings: TokenSettings;

  constructor(
    store: TokenStore,
    attempts: Pick<AttemptStore, 'findRedeemedAt'>,
    tasks: TaskStore,
    keys: Pick<AttemptKeyStore, 'ensure'>,
    candidates: Candidates,
    quota: IssuingQuotaStore,
    settings: TokenSettings,
  ) {
    this.#store = store;
    this.#attempts = attempts;
    this.#tasks = tasks;
    this.#keys = keys;
    this.#candidates = candidates;
    this.#quota = quota;
    this.#settings = settings;
  }

  /**
   * Issues tokens. A token for an address revokes the open ones for the same address and task, whoever issued them, so
   * that the candidate has exactly one link that works: the one sent last.
   * @throws Refusal 404 `not_found`, 409 `task_inactive`, 409 `already_attempted` for a candidate with an attempt, 429
   * beyond the account's quota
   */
  async issue(order: TokenOrder, issued_by: string): Promise<Issue> {
    const { task_id, candidate_email, count } = order;
    await this.#tasks.get(task_id);
    if (!(await this.#tasks.isActive(task_id))) {
      throw taskInactive('The task is not active; issue tokens for its newest version.');
    }
    const expires_at = this.#fromNow(order.expires_in_seconds ?? this.#settings.tokenTtlSeconds);
    const issue = async () => {
      await this.#quota.take(issued_by, count, this.#settings.now());
      return this.#store.issue(
        { task_id, issued_by, candidate_email: candidate_email ?? null, expires_at },
        count,
      );
    };
    if (candidate_email === undefined) return { issued: await issue(), revoked: [] };
    const bound = { candidate_email, task_id };
    await this.#refuseSecondAttempt(bound);
    const earlier = await this.#store.findOpen(bound);
    const issued = await issue();
    // Of tokens that are issued at the same moment, one stays; it may be another than this.
    const [_stays, ...simultaneous] = (await this.#store.findOpen(bound)).filter(
      (attempt_id) => !earlier.includes(attempt_id),
    );
    return { issued, revoked: await this.#revokeAll([...earlier, ...simultaneous]) };
  }

  /**
   * Finds the unredeemed attempt of a token; changes nothing.
   * @throws Refusal 404 `not_found`, 409 `token_used`, 410 `token_expired` or `token_revoked`
   */
  async inspect(token: string): Promise<Attempt> {
    const attempt = await this.#find(token);
    await this.#refuseUnusable(attempt);
    return attempt;
  }

  /**
   * Exchanges a token for its attempt, once. The attempt then belongs to the account that presented the token; without
   * one, to the candidate who answers invitations of the address that the token is bound to; otherwise to a new
   * anonymous candidate.
   *
   * A front end that sends a `redemption_id` may repeat the call, for example because the answer was lost: the same token with the same id gets the same attempt.
   * @returns the attempt, and whether it had been redeemed before; it may then be over
   * @throws Refusal as `inspect` does; 403 if the token is bound to somebody else; 409 `already_attempted`
   */
  async redeem(
    { token, redemption_id }: Redemption,
    account_id: string | undefined,
  ): Promise<{ attempt: RedeemedAttempt; isRepeat: boolean }> {
    const attempt = await this.#find(token);
    if (isRepeated(attempt, redemption_id)) return { attempt, isRepeat: true };
    await this.#refuseUnusable(attempt);
    const candidate = await this.#candidateFor(attempt, account_id);
    const result = await this.#store.redeem(attempt.attempt_id, {
      user_id: candidate.user_id,
      machine_id: currentMachine.id,
      chain: await this.#startChain(attempt),
      redemption_id,
      now: this.#settings.now(),
      expires_at: this.#fromNow(this.#settings.attemptTtlSeconds),
    });
    if (result.outcome === 'redeemed') return { attempt: result.attempt, isRepeat: false };
    // The same front end may have asked twice at the same moment: it is answered as if it had come second.
    const now = await this.#find(token);
    if (isRepeated(now, redemption_id)) return { attempt: now, isRepeat: true };
    const refused = refuseRedemption(now, this.#settings.now());
    if (refused) throw refused;
    if (result.outcome === 'already_attempted')
      throw alreadyAttempted('This candidate already has an attempt at this task.');
    throw tokenUsed('This token has already been redeemed.');
  }

  async #startChain({ attempt_id, task_id }: Attempt): Promise<AttemptChain> {
    const secret = newChainSecret();
    const [task, key] = await Promise.all([this.#tasks.get(task_id), this.#keys.ensure(attempt_id)]);
    const machine_id = currentMachine.id;
    return startChain({ attempt_id, machine_id, task: chainedTask(task, secret), key, secret });
  }

  /** @throws Refusal 409 `token_used` if the candidate was faster. */
  async revoke(attempt: Attempt): Promise<void> {
    if (attempt.revoked_at) return;
    const revoked = await this.#store.revoke(attempt.attempt_id, this.#settings.now());
    if (!revoked) throw tokenUsed('The token has already been redeemed, so it cannot be revoked.');
  }

  /** @returns those that were still open */
  async #revokeAll(attempt_ids: string[]): Promise<string[]> {
    const revoked: string[] = [];
    for (const attempt_id of attempt_ids) {
      if (await this.#store.revoke(attempt_id, this.#settings.now())) revoked.push(attempt_id);
    }
    return revoked;
  }

  #fromNow(seconds: number): Date {
    return new Date(this.#settings.now().getTime() + seconds * 1000);
  }

  /** @throws Refusal 404 `not_found` */
  async #find(token: string): Promise<Attempt> {
    const attempt = await this.#store.find(token);
    if (!attempt) throw notFound('There is no such token.');
    return attempt;
  }

  /**
   * Whoever deactivates a recruiter does not want the links to work that the recruiter may have kept. What has been
   * redeemed goes on.
   */
  async #refuseUnusable(attempt: Attempt): Promise<void> {
    const refusal = refuseRedemption(attempt, this.#settings.now());
    if (refusal) throw refusal;
    if (this.#settings.keepsTokensOfDeactivated) return;
    const issuer = await this.#candidates.findById(attempt.issued_by);
    if (issuer?.is_active === false) throw revoked();
  }

  /** Refused when the token is issued: the candidate could do nothing about it. */
  async #refuseSecondAttempt({ candidate_email, task_id }: BoundTo): Promise<void> {
    const account = await this.#candidates.findByEmail(candidate_email);
    const attempt_id =
      (await this.#attempts.findRedeemedAt({ candidate_email }, task_id)) ??
      (account && (await this.#attempts.findRedeemedAt({ user_id: account.user_id }, task_id)));
    if (!attempt_id) return;
    throw alreadyAttempted(
      'This candidate already has an attempt at this task and can make no other. While it is not over, ' +
        `POST /attempts/${attempt_id}/access gives new access to a candidate who lost the way back.`,
    );
  }

  /**
   * An account gets what it presents itself. Its address alone gives it nothing: anybody may register any address, and
   * staff make no attempts because somebody invited them.
   */
  async #candidateFor({ attempt_id, candidate_email }: Attempt, account_id?: string): Promise<User> {
    const account = account_id ? await this.#candidates.findById(account_id) : null;
    // The anonymous candidate gets the attempt's id, so fifty simultaneous redemptions create only one.
    if (!candidate_email) return account ?? this.#candidates.ensureAnonymousCandidate(attempt_id);
    if (account && account.email !== candidate_email) {
      throw forbidden('This token is for another candidate; log in with the address it was sent to.');
    }
    if (account?.role === 'candidate') return account;
    const candidate = await this.#candidates.findOrCreateCandidate(candidate_email);
    if (!candidate.is_active) throw forbidden('The account of this candidate has been deactivated.');
    return candidate;
  }
}

function refuseRedemption(attempt: Attempt, now: Date): Refusal | undefined {
  if (attempt.revoked_at) return revoked();
  if (attempt.redeemed_at) return tokenUsed('This token has already been redeemed.');
  if (attempt.expires_at <= now) return tokenExpired('This token has expired; ask for a new one.');
  return undefined;
}

const revoked = () => tokenRevoked('This token has been revoked; ask for a new one.');

/** Whether the front end that redeemed this attempt asks again. */
const isRepeated = (attempt: Attempt, redemption_id: string | undefined): attempt is RedeemedAttempt =>
  isRedeemed(attempt) && redemption_id !== undefined && attempt.redemption_id === redemption_id;
