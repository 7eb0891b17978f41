import { createHmac, generateKeyPairSync } from 'node:crypto';
import jwt from 'jsonwebtoken';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { TokenSigner } from '../../src/accounts/jwt.ts';

const SECRET = 'a secret for tests of more than 32 bytes';
const user_id = 'aaaaaaaaaaaaaaaaaaaaaaaa';
const attempt_id = 'bbbbbbbbbbbbbbbbbbbbbbbb';
const tokens = new TokenSigner(SECRET);

const claims = () => ({
  type: 'access',
  sub: user_id,
  role: 'admin',
  iss: 'skill-observation-server',
  aud: 'skill-observation-api',
  exp: Math.floor(Date.now() / 1000) + 60,
});
const forged = (changes: object, key: jwt.Secret = SECRET, algorithm: jwt.Algorithm = 'HS256') =>
  jwt.sign({ ...claims(), ...changes }, key, { algorithm });
const without = (name: 'exp' | 'iss' | 'aud' | 'sub' | 'type' | 'role') => {
  const { [name]: _, ...rest } = claims();
  return jwt.sign(rest, SECRET, { algorithm: 'HS256' });
};
const unsigned = (header: object) => {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode({ ...claims(), iat: 1 })}.`;
};
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

afterEach(() => {
  vi.useRealTimers();
});

describe('a token', () => {
  it('says whose it is', () => {
    expect(tokens.verify(tokens.signAccessToken({ user_id, role: 'recruiter' }))).toMatchObject({
      type: 'access',
      sub: user_id,
      role: 'recruiter',
    });
    const soon = new Date(Date.now() + 60_000);
    expect(tokens.verify(tokens.signAttemptToken({ user_id, attempt_id, expires_at: soon }))).toMatchObject({
      type: 'attempt',
      sub: user_id,
      attempt_id,
      exp: Math.ceil(soon.getTime() / 1000) + 30 * 86_400,
    });
  });

  it('takes what is made by hand like its own, so that the forgeries below differ in one thing only', () => {
    expect(tokens.verify(forged({}))).toMatchObject({ sub: user_id, role: 'admin' });
  });

  it('ends after 15 minutes', () => {
    vi.useFakeTimers();
    const token = tokens.signAccessToken({ user_id, role: 'admin' });
    vi.advanceTimersByTime(899_000);
    expect(tokens.verify(token).sub).toBe(user_id);
    vi.advanceTimersByTime(1000);
    expect(() => tokens.verify(token)).toThrowError('The token has expired.');
  });

  it.each([
    ['signed with another key', forged({}, 'another secret for tests, also of 32 bytes')],
    ['signed with HS384', forged({}, SECRET, 'HS384')],
    ['signed with HS512', forged({}, SECRET, 'HS512')],
    ['signed with RS256', forged({}, rsa.privateKey, 'RS256')],
    ['unsigned (alg none)', unsigned({ alg: 'none', typ: 'JWT' })],
    ['unsigned, claiming HS256', unsigned({ alg: 'HS256', typ: 'JWT' })],
    ['for another issuer', forged({ iss: 'somebody' })],
    ['for another audience', forged({ aud: 'something' })],
    ['for several audiences', forged({ aud: ['skill-observation-api', 'something'] })],
    ['of another type', forged({ type: 'refresh' })],
    ['of the attempt type without an attempt', forged({ type: 'attempt' })],
    ['of the access type with an attempt', forged({ attempt_id })],
    ['with an unknown role', forged({ role: 'root' })],
    ['with a subject that is no id', forged({ sub: 'me' })],
    ['without expiry', without('exp')],
    ['without issuer', without('iss')],
    ['without audience', without('aud')],
    ['without subject', without('sub')],
    ['without type', without('type')],
    ['without role', without('role')],
    ['that is empty', ''],
    ['that is no token', 'abc.def.ghi'],
  ])('is refused: one %s', (_, token) => {
    expect(() => tokens.verify(token)).toThrowError(
      expect.objectContaining({ status: 401, code: 'not_authenticated', message: 'The token is not valid.' }),
    );
  });

  it('is refused with claims changed under its signature', () => {
    const [header, , signature] = forged({ role: 'candidate' }).split('.');
    const payload = Buffer.from(JSON.stringify({ ...claims(), iat: 1 })).toString('base64url');
    expect(() => tokens.verify(`${header}.${payload}.${signature}`)).toThrowError('The token is not valid.');
    const mac = createHmac('sha256', 'guessed').update(`${header}.${payload}`).digest('base64url');
    expect(() => tokens.verify(`${header}.${payload}.${mac}`)).toThrowError('The token is not valid.');
  });

  it('is refused when expired', () => {
    expect(() => tokens.verify(forged({ exp: Math.floor(Date.now() / 1000) - 1 }))).toThrowError(
      expect.objectContaining({ status: 401, message: 'The token has expired.' }),
    );
  });
});
