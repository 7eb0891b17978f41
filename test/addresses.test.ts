import { expect, it } from 'vitest';
import { email, emailInQuery } from '../src/fields.ts';

it.each([
  ['Ada@Example.com', 'ada@example.com'],
  ['\u00a0ada@example.com\u200b\n', 'ada@example.com'],
  ['r&d@example.com', 'r&d@example.com'],
  ["o'brien+jobs@example.co.uk", "o'brien+jobs@example.co.uk"],
  ['jürgen@bücher.example', 'jürgen@xn--bcher-kva.example'],
  ['ju\u0308rgen@BÜCHER.example', 'jürgen@xn--bcher-kva.example'],
  ['a@XN--BCHER-KVA.example', 'a@xn--bcher-kva.example'],
  ['a@ex\u200bample.com', 'a@example.com'],
  ['a@почта.рф', 'a@xn--80a1acny.xn--p1ai'],
])('%s is the address %s', (text, address) => {
  expect(email.parse(text)).toBe(address);
});

it.each([
  ...[
    '',
    ' ',
    'a',
    '@example.com',
    'a@',
    'a@b',
    'a@@example.com',
    'a b@example.com',
    '.a@example.com',
    'a..b@example.com',
  ],
  ...[
    'a.@example.com',
    'a@example..com',
    'a@-example.com',
    'a@1.2.3.4',
    'a@[1.2.3.4]',
    'a@exa mple.com',
    '"a"@example.com',
  ],
  ...['a@example.com, b@example.com', `${'x'.repeat(250)}@example.com`, 'a@bücher', '<a@example.com>'],
])('%s is no address', (text) => {
  expect(email.safeParse(text).success).toBe(false);
});

it('in a query, a plus that was not escaped is still a plus', () => {
  expect(emailInQuery.parse('ada jobs@example.com')).toBe('ada+jobs@example.com');
});
