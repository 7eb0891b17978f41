import { describe, expect, it } from 'vitest';
import { hashPassword, passwordProblems, verifyPassword } from '../../src/accounts/passwords.ts';

describe('the rules for a new password', () => {
  it.each([
    'password1234',
    'qwertyuiop12',
    'passwordpassword',
    '123456789012',
    'LetMeInLetMeIn',
    'iloveyou1234',
    '1Q2W3E4R5T6Y',
  ])('refuse %s: it is common', (password) => {
    expect(passwordProblems(password)).toEqual(['must not be one of the most common passwords']);
  });

  it('count characters, not code units', () => {
    expect(passwordProblems('🦉🦉🦉🦉🦉🦉')).toEqual(['must have at least 12 characters']);
    expect(passwordProblems('🦉'.repeat(12))).toEqual([]);
  });

  it('limit the length in bytes', () => {
    expect(passwordProblems('é'.repeat(129))).toEqual(['must have at most 256 bytes']);
    expect(passwordProblems('é'.repeat(128))).toEqual([]);
  });

  it('are content with a passphrase', () => {
    expect(passwordProblems('correct horse battery staple')).toEqual([]);
  });
});

describe('a password hash', () => {
  it('is argon2id with the parameters OWASP recommends and matches its password only', async () => {
    const hash = await hashPassword('harbour-violin-7-moss');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(await verifyPassword(hash, 'harbour-violin-7-moss')).toBe(true);
    expect(await verifyPassword(hash, 'harbour-violin-7-Moss')).toBe(false);
  });

  it('does not depend on how a keyboard writes an accent', async () => {
    expect(await verifyPassword(await hashPassword('caf\u00e9-au-lait-1'), 'cafe\u0301-au-lait-1')).toBe(
      true,
    );
  });

  it('takes as long where there is none', async () => {
    const hash = await hashPassword('harbour-violin-7-moss');
    const timeOf = async (stored: string | null) => {
      // Processor time, which does not depend on other work on the machine.
      const start = process.cpuUsage();
      for (let n = 0; n < 7; n++) expect(await verifyPassword(stored, 'something else')).toBe(false);
      return process.cpuUsage(start).user;
    };
    const ratio = (await timeOf(null)) / (await timeOf(hash));
    // Without the stand-in hash it would take a hundredth of the time.
    expect(ratio).toBeGreaterThan(0.4);
  });
});
