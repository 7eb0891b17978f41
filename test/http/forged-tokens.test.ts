import { generateKeyPairSync } from 'node:crypto';
import jwt, { type SignOptions } from 'jsonwebtoken';
import { describe, expect, it } from 'vitest';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { closing } from '../support/live-watcher.ts';
import { problemOf } from '../support/problem.ts';
import { startTestServer } from '../support/server.ts';

const KEY = 'the key of the forgery tests, over 32 bytes';
const { admin, api } = await startTestServer({ JWT_SECRET: KEY });
const { user_id } = await admin.call<{ user_id: string }>('GET', '/auth/me');
const { attempt_id } = await admitCandidate(admin, api, await createTask(admin));

const inAnHour = Math.floor(Date.now() / 1000) + 3600;
const claims = { type: 'access', sub: user_id, role: 'admin', exp: inAnHour };
const registered: SignOptions = {
  algorithm: 'HS256',
  issuer: 'skill-observation-server',
  audience: 'skill-observation-api',
};
const sign = (changed: object = {}, options: SignOptions = {}, key: string = KEY) =>
  jwt.sign({ ...claims, ...changed }, key, { ...registered, ...options });
const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
const whole = { ...claims, iss: registered.issuer, aud: registered.audience, iat: inAnHour - 3600 };
const without = (field: string) =>
  jwt.sign(Object.fromEntries(Object.entries(whole).filter(([name]) => name !== field)), KEY);
const [header, payload, signature] = sign().split('.');
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });

const FORGED: Record<string, string> = {
  'another key': sign({}, {}, 'another key that is also longer than 32 bytes'),
  'an empty signature': `${header}.${payload}.`,
  'algorithm none': `${part({ alg: 'none', typ: 'JWT' })}.${part(whole)}.`,
  'algorithm None, spelt otherwise': `${part({ alg: 'nOnE', typ: 'JWT' })}.${part(whole)}.${signature}`,
  HS384: sign({}, { algorithm: 'HS384' }),
  HS512: sign({}, { algorithm: 'HS512' }),
  RS256: jwt.sign(claims, rsa.privateKey, { ...registered, algorithm: 'RS256' }),
  'a changed payload': `${header}.${part({ ...whole, sub: attempt_id })}.${signature}`,
  'no expiry': without('exp'),
  'an expiry that is no number': jwt
    .sign(whole, KEY)
    .replace(/\.[^.]+\./, `.${part({ ...whole, exp: 'never' })}.`),
  'an expiry in the past': sign({ exp: Math.floor(Date.now() / 1000) - 1 }),
  'no issuer': without('iss'),
  'another issuer': sign({}, { issuer: 'somebody-else' }),
  'no audience': without('aud'),
  'another audience': sign({}, { audience: 'another-api' }),
  'no type': without('type'),
  'another type': sign({ type: 'refresh' }),
  'no subject': without('sub'),
  'a subject that is an operator': sign({ sub: undefined }, {}).replace(
    /\.[^.]+\./,
    `.${part({ ...whole, sub: { $gt: '' } })}.`,
  ),
  'a subject that is nobody': sign({ sub: 'f'.repeat(24) }),
  'claims of both types': sign({ attempt_id }),
  'an attempt token without an attempt': sign({ type: 'attempt', role: undefined }),
  'a key of its own': `${part({ alg: 'HS256', jwk: { kty: 'oct', k: 'AAAA' } })}.${payload}.${signature}`,
  'no token': 'not-a-token',
  'only dots': '..',
};

it('takes the token that the forgeries are made from', async () => {
  expect((await api.as(sign()).send('GET', '/auth/me')).status).toBe(200);
});

describe.each(Object.entries(FORGED))('a token with %s', (_, token) => {
  it('is refused over HTTP', async () => {
    const problem = await problemOf(await api.as(token).send('GET', '/auth/me'));
    expect(problem).toMatchObject({ status: 401, code: 'not_authenticated' });
  });

  it('is refused over WebSocket', async () => {
    expect(await closing(api.as(token).watch(attempt_id))).toMatchObject({ code: 4401 });
  });
});

it.each([
  'Basic YWRtaW46YWRtaW4=',
  'Bearer',
  `Bearer ${sign()} x`,
  `Bearer ${sign()}, Bearer ${sign()}`,
  `Token ${sign()}`,
])('refuses the header "%.20s…"', async (authorization) => {
  const response = await fetch(`${api.url}/api/v1/auth/me`, { headers: { authorization } });
  expect((await problemOf(response)).status).toBe(401);
});
