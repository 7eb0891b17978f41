import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { templateOf } from '../../src/reference/openapi.ts';
import { describeOperations } from '../support/operations.ts';

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
});
