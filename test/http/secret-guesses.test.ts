import { describe, expect, it } from 'vitest';
import { notFound, tokenUsed } from '../../src/errors.ts';
import { type GuessRates, SecretGuesses } from '../../src/http/secret-guesses.ts';

const LONG = { seconds: 3600, firstDelaySeconds: 60, maxDelaySeconds: 900 };
const RATES: GuessRates = {
  network: { ...LONG, free: 40 },
  secret: { ...LONG, free: 10 },
  everybody: { ...LONG, free: 100 },
};

/** A place to look secrets up, of which one exists and one was used. */
function lookUps(rates: Partial<GuessRates> = {}) {
  const guesses = new SecretGuesses(
    'tokens',
    { ...RATES, ...rates },
    {
      isGuess: ({ code }) => code === 'not_found',
      isMisuse: ({ code }) => code === 'token_used',
    },
  );
  const seen = { lookedUp: 0 };
  const present = (networks: string[], secret: string): Promise<string> =>
    guesses
      .run({ networks, secret }, async () => {
        seen.lookedUp += 1;
        if (secret === 'used') throw tokenUsed('It was used.');
        if (secret !== 'right') throw notFound('There is no such token.');
        return 'ok';
      })
      .catch(({ code }: { code: string }) => code);
  return { seen, present };
}
const count = (answers: string[], answer: string) => answers.filter((each) => each === answer).length;

describe('guessing secrets', () => {
  it('never refuses a crowd behind one address whose secrets are right', async () => {
    const { present } = lookUps();
    const crowd = Array.from({ length: 900 }, () => present(['192.0.2.1'], 'right'));
    expect(count(await Promise.all(crowd), 'ok')).toBe(900);
  });

  it('ends for a network after its free failures', async () => {
    const { present, seen } = lookUps();
    const answers: string[] = [];
    for (let n = 0; n < 50; n++) answers.push(await present(['192.0.2.1'], `guess ${n}`));
    expect(answers.indexOf('too_many_requests')).toBe(40);
    expect(seen.lookedUp).toBe(40);
    // Even the right one is not looked up now: the answer would tell that it is right.
    expect(await present(['192.0.2.1'], 'right')).toBe('too_many_requests');
    expect(await present(['192.0.2.2'], 'right')).toBe('ok');
  });

  it('ends also if all guesses are sent at once', async () => {
    const { present, seen } = lookUps();
    await Promise.all(Array.from({ length: 500 }, (_, n) => present(['192.0.2.1'], `guess ${n}`)));
    expect(seen.lookedUp).toBeGreaterThanOrEqual(40);
    expect(seen.lookedUp).toBeLessThan(40 + 8);
  });

  it('ends for an IPv6 site after four times as many', async () => {
    const { present } = lookUps({ everybody: { ...LONG, free: 1000 } });
    const answers: string[] = [];
    for (let n = 0; n < 170; n++) {
      answers.push(await present([`2001:db8:1:${n}::/64`, '2001:db8:1::/48'], `guess ${n}`));
    }
    expect(answers.indexOf('too_many_requests')).toBe(160);
    expect(await present(['2001:db8:2:1::/64', '2001:db8:2::/48'], 'right')).toBe('ok');
  });

  it('ends for one secret, from however many addresses, when what belongs to it is wrong', async () => {
    const { present } = lookUps();
    const answers: string[] = [];
    for (let n = 0; n < 12; n++) answers.push(await present([`192.0.2.${n}`], 'used'));
    expect(count(answers, 'token_used')).toBe(10);
    // Nobody else is touched: those were no guesses at tokens.
    expect(await present(['192.0.2.1'], 'right')).toBe('ok');
  });

  it('from many networks ends for those that fail, and for no other', async () => {
    const { present } = lookUps({ network: { ...LONG, free: 1000 } });
    const answers: string[] = [];
    for (let n = 0; n < 200; n++) answers.push(await present([`192.0.2.${n % 4}`], `guess ${n}`));
    // 100 in all, but each of the four may fail 30 times.
    expect(count(answers, 'not_found')).toBe(120);
    expect(await present(['198.51.100.1'], 'right')).toBe('ok');
    expect(await present(['198.51.100.1'], 'mistyped')).toBe('not_found');
    expect(await present(['192.0.2.1'], 'right')).toBe('too_many_requests');
  });
});
