import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { templateOf } from '../../src/reference/openapi.ts';
import { describeOperations } from '../support/operations.ts';

<<<<<<< HEAD
/** The live channel is no operation of a router. */
const LIVE_CHANNEL = '/ws/attempts/{}';

/** Without the prefix of the API, whatever the parameters are called. */
const plain = (path: string) => path.replace('/api/v1', '').replace(/\{\w*\}/g, '{}');
const declared = [...describeOperations().map(({ path }) => plain(templateOf(path))), LIVE_CHANNEL];

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
/** What stands in backticks and begins like a path, perhaps after a method, without body and query. */
const named = [...readme.matchAll(/`(?:[A-Z]+ )?(\/[a-z][^\s`?]*)[^`]*`/g)].map(([, path = '']) => path);

it('every path that the README names is one of the server, or the end of one', () => {
  expect(named.length).toBeGreaterThan(20);
  const unknown = named.filter(
    (path) => !declared.some((each) => each === plain(path) || each.endsWith(plain(path))),
  );
  expect(unknown).toEqual([]);
=======
const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
/** The README leaves out the prefix and what an id is of. */
const inWords = (path: string) =>
  templateOf(path)
    .replace('/api/v1', '')
    .replace(/\{\w*id\}/g, '{id}');

it('the README names no route that the server does not declare', () => {
  const declared = describeOperations().map(({ method, path }) => `${method.toUpperCase()} ${inWords(path)}`);
  const named = [...readme.matchAll(/\b(GET|POST|PUT)\s+`(\/[^`\s?]*)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  );
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((route) => !declared.includes(route))).toEqual([]);
>>>>>>> main
});
