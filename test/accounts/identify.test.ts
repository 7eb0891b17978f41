import { afterEach, describe, expect, it, vi } from 'vitest';
import { AccountCache } from '../../src/accounts/account-cache.ts';
import { identifyCaller } from '../../src/accounts/identify.ts';
import { TokenSigner } from '../../src/accounts/jwt.ts';
import type { User } from '../../src/accounts/user.ts';

const user_id = 'a'.repeat(24);
const attempt_id = 'b'.repeat(24);
const tokens = new TokenSigner('a secret for tests of more than 32 bytes');
const access = tokens.signAccessToken({ user_id, role: 'candidate' });
const attempt = tokens.signAttemptToken({
  user_id,
  attempt_id,
  expires_at: new Date(Date.now() + 3_600_000),
});

/** A database with one account that counts how often it is read. */
function accountsOf(user: User | null) {
  const stored = { user, reads: 0, fails: false };
  const cache = new AccountCache(async () => {
    stored.reads++;
    if (stored.fails) throw new Error('away');
    return stored.user;
  }, Date);
  return { stored, cache, identify: identifyCaller(tokens, cache, () => 0) };
}
const account = (changes: Partial<User> = {}): User => ({
  user_id,
  email: 'ada@example.org',
  role: 'candidate',
  is_active: true,
  created_at: new Date(0),
  ...changes,
});
const unauthenticated = expect.objectContaining({ status: 401, code: 'not_authenticated' });

afterEach(() => {
  vi.useRealTimers();
});

describe('a bearer token', () => {
  it('stands for an account with its present role, or for one attempt, whatever the role', async () => {
    const { identify } = accountsOf(account({ role: 'admin' }));
    expect(await identify(access)).toEqual({ kind: 'account', user_id, role: 'admin' });
    expect(await identify(attempt)).toEqual({ kind: 'attempt', user_id, attempt_id });
  });

  it.each([
    ['unknown', null],
    ['deactivated', account({ is_active: false })],
  ])('stands for nobody when the account is %s', async (_, user) => {
    const { identify } = accountsOf(user);
    await expect(identify(access)).rejects.toThrowError(unauthenticated);
    await expect(identify(attempt)).rejects.toThrowError(unauthenticated);
  });
});

describe('the account cache', () => {
  it('reads an account once for many simultaneous requests, and anew after 5 s', async () => {
    vi.useFakeTimers();
    const { stored, identify } = accountsOf(account());
    await Promise.all(Array.from({ length: 100 }, () => identify(access)));
    vi.advanceTimersByTime(4999);
    await identify(access);
    expect(stored.reads).toBe(1);
    stored.user = account({ is_active: false });
    vi.advanceTimersByTime(1);
    await expect(identify(access)).rejects.toThrowError(unauthenticated);
  });

  it('follows a change at once where it is told, even during a read', async () => {
    const { stored, cache, identify } = accountsOf(account());
    const during = identify(access);
    stored.user = account({ role: 'recruiter' });
    cache.forget(user_id);
    await during;
    expect(await identify(access)).toMatchObject({ role: 'recruiter' });
  });

  it('remembers neither failures nor accounts that are not there yet', async () => {
    const { stored, identify } = accountsOf(null);
    await expect(identify(access)).rejects.toThrowError(unauthenticated);
    stored.fails = true;
    await expect(identify(access)).rejects.toThrowError('away');
    Object.assign(stored, { fails: false, user: account() });
    expect(await identify(access)).toMatchObject({ user_id });
  });

  it('keeps the 4 096 accounts read last', async () => {
    const reads: string[] = [];
    const cache = new AccountCache(async (id) => {
      reads.push(id);
      return account({ user_id: id });
    });
    for (let n = 0; n < 4096; n++) await cache.get(String(n));
    await cache.get('one more');
    await cache.get('1');
    expect(reads).toHaveLength(4097);
    await cache.get('0');
    expect(reads).toHaveLength(4098);
  });
});
