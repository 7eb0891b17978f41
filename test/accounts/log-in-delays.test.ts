import { describe, expect, it } from 'vitest';
import { LogInDelays, type LogInRates } from '../../src/accounts/log-in-delays.ts';
import { PASSWORD } from '../support/accounts.ts';
import { type AccountApi, openAccountApi } from './account-api.ts';

const LONG = { seconds: 3600, firstDelaySeconds: 60, maxDelaySeconds: 900 };
const RATES: LogInRates = {
  knownPlace: { ...LONG, free: 3 },
  newPlace: { ...LONG, free: 2 },
  account: { ...LONG, free: 5 },
  network: { ...LONG, free: 4 },
  everybody: { ...LONG, free: 12 },
};
const OFFICE = '192.0.2.1';

const { database } = await openAccountApi();
/** A server that has just been started. */
const open = (rates: Partial<LogInRates> = {}) =>
  openAccountApi({ database, delays: new LogInDelays({ ...RATES, ...rates }) });

let people = 0;
const newAddress = () => {
  people += 1;
  return `ada${people}@example.org`;
};

/** Tries a password from an address. */
const tryIn = async (api: AccountApi, email: string, address: string, password = 'wrong password') => {
  const { status, body, headers } = await api.post('/auth/login', { email, password }, undefined, address);
  if (status === 429) {
    expect(body['code']).toBe('too_many_requests');
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  }
  return status;
};
const register = (api: AccountApi, email: string, address = OFFICE) =>
  api.post('/auth/register', { email, password: PASSWORD }, undefined, address);

describe('wrong passwords for one account', () => {
  it('from one place are delayed there, and the answer says for how long and where else to log in', async () => {
    const ada = newAddress();
    const api = await open();
    await register(api, ada);
    const elsewhere = () => tryIn(api, ada, '203.0.113.9');
    expect([await elsewhere(), await elsewhere(), await elsewhere()]).toEqual([401, 401, 429]);
    const { body } = await api.post(
      '/auth/login',
      { email: ada, password: PASSWORD },
      undefined,
      '203.0.113.9',
    );
    expect(body['detail']).toMatch(/try again in \d+ s, or log in from where you did before\.$/);
  });

  it('from many places never keep the owner out of a place where they logged in before', async () => {
    const ada = newAddress();
    const api = await open();
    await register(api, ada);
    const statuses: number[] = [];
    for (let n = 0; n < 8; n++) statuses.push(await tryIn(api, ada, `203.0.113.${n}`, `guess ${n}`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429, 429]);
    expect(await tryIn(api, ada, OFFICE, PASSWORD)).toBe(200);
    expect(await tryIn(api, ada.toUpperCase(), OFFICE, PASSWORD)).toBe(200);
  });

  it('do not after a restart either, which known places outlive', async () => {
    const ada = newAddress();
    const before = await open();
    await register(before, ada);
    const api = await open();
    for (let n = 0; n < 8; n++) await tryIn(api, ada, `203.0.113.${n}`);
    expect(await tryIn(api, ada, '203.0.113.200', PASSWORD)).toBe(429);
    expect(await tryIn(api, ada, OFFICE, PASSWORD)).toBe(200);
  });

  it('do not keep out a place where the owner only refreshed', async () => {
    const ada = newAddress();
    const api = await open();
    const { body } = await register(api, ada);
    const refresh = { refresh_token: body['refresh_token'] };
    expect((await api.post('/auth/refresh', refresh, undefined, '198.51.100.7')).status).toBe(200);
    for (let n = 0; n < 8; n++) await tryIn(api, ada, `203.0.113.${n}`);
    expect(await tryIn(api, ada, '198.51.100.7', PASSWORD)).toBe(200);
  });

  it('delay a known place only by its own ones, which the right password makes forgotten', async () => {
    const ada = newAddress();
    const api = await open();
    await register(api, ada);
    const here = (password?: string) => tryIn(api, ada, OFFICE, password);
    expect([await here(), await here(), await here(PASSWORD)]).toEqual([401, 401, 200]);
    expect([await here(), await here(), await here(), await here(PASSWORD)]).toEqual([401, 401, 401, 429]);
  });

  it('are counted alike if there is no such account', async () => {
    const api = await open();
    const statuses = [];
    for (let n = 0; n < 7; n++) statuses.push(await tryIn(api, 'nobody@example.org', `203.0.113.${n}`));
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429]);
  });

  it('count together however it is spelt, and with those for changing the password', async () => {
    const ada = newAddress();
    const api = await open();
    const { body } = await register(api, ada);
    await tryIn(api, ` ${ada.replace('a', 'A')}`, '203.0.113.1');
    await tryIn(api, ada.toUpperCase(), '203.0.113.1');
    const change = { current_password: 'wrong password', new_password: 'lantern-orbit-3-fennel' };
    const token = String(body['access_token']);
    expect((await api.post('/auth/password', change, token, '203.0.113.1')).status).toBe(429);
    expect((await api.post('/auth/password', change, token, OFFICE)).status).toBe(401);
  });

  it('sent all at once are no more tries than one after the other', async () => {
    const ada = newAddress();
    const api = await open();
    const answers = Array.from({ length: 20 }, (_, n) => tryIn(api, ada, `203.0.113.${n}`, `guess ${n}`));
    expect((await Promise.all(answers)).filter((status) => status === 401)).toHaveLength(5);
  });
});

describe('one password for many accounts', () => {
  it('from one network is delayed there, and the accounts of that network are not', async () => {
    const ada = newAddress();
    const api = await open();
    await register(api, ada, '203.0.113.5');
    const statuses = [];
    for (let n = 0; n < 6; n++) statuses.push(await tryIn(api, `victim${n}@example.org`, '203.0.113.5'));
    expect(statuses).toEqual([401, 401, 401, 401, 429, 429]);
    expect(await tryIn(api, ada, '203.0.113.5', PASSWORD)).toBe(200);
    expect(await tryIn(api, 'victim9@example.org', OFFICE)).toBe(401);
  });

  it('from all networks of an IPv6 site counts together, and may fail four times as often', async () => {
    const api = await open({ network: { ...LONG, free: 2 } });
    const statuses = [];
    for (let n = 0; n < 10; n++)
      statuses.push(await tryIn(api, `victim${n}@example.org`, `2001:db8:1:${n}::1`));
    expect(statuses.indexOf(429)).toBe(8);
    expect(await tryIn(api, 'victim99@example.org', '2001:db8:2::1')).toBe(401);
  });

  it('from many networks is delayed for all who are in a new place, and for nobody else', async () => {
    const ada = newAddress();
    const api = await open();
    await register(api, ada);
    const statuses = [];
    for (let n = 0; n < 14; n++) statuses.push(await tryIn(api, `victim${n}@example.org`, `203.0.113.${n}`));
    expect(statuses.indexOf(429)).toBe(12);
    expect(await tryIn(api, ada, OFFICE, PASSWORD)).toBe(200);
  });
});

it('right passwords do not count: a whole class logs in at once from one address', async () => {
  const api = await open();
  const people = Array.from({ length: 8 }, (_, n) => `person${n}@example.org`);
  // Each was registered at home.
  await Promise.all(people.map((email, n) => register(api, email, `198.51.100.${n}`)));
  const answers = await Promise.all(people.map((email) => tryIn(api, email, OFFICE, PASSWORD)));
  expect(new Set(answers)).toEqual(new Set([200]));
});

it('nobody can push out a counter by making others', async () => {
  const delays = new LogInDelays({
    ...RATES,
    everybody: { free: 50, seconds: 100, firstDelaySeconds: 1, maxDelaySeconds: 1 },
  });
  const victim = { account: 'ada@example.org', networks: ['203.0.113.1'], isKnownPlace: false };
  for (let n = 0; n < 5; n++) await delays.countFailure(victim);
  // All that an hour's failures can be, and each with keys of its own.
  for (let n = 0; n < 145; n++)
    await delays.countFailure({
      account: `${n}@example.org`,
      networks: [`10.0.0.${n}`],
      isKnownPlace: false,
    });
  await expect(delays.refuseEarly({ ...victim, networks: ['203.0.113.77'] })).rejects.toMatchObject({
    status: 429,
  });
});
