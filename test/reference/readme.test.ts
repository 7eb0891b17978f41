import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Who } from '../../src/http/operation.ts';
import { templateOf } from '../../src/reference/openapi.ts';
import { describeOperations } from '../support/operations.ts';

/*
 * The tables of routes in the top README against the declarations of the routes.
 */

/** How the README words who may call. */
const WORDS: Record<Who, RegExp> = {
  anyone: /^(anyone|holder of a token|anyone, holders of a refresh token)$/,
  'anyone on this computer': /^$/,
  'any credentials': /^$/,
  'any account': /^any account$/,
  'staff, candidates after redeeming': /candidates, once they have redeemed a token for that version/,
  'owner, staff': /^owner, staff$/,
  owner: /^owner$/,
  staff: /^(staff|recruiter, admin|recruiter \(own\), admin)(;|$)/,
  'issuer, admin': /^its issuer, admin$/,
  admin: /^admin$/,
};

const PREFIX = '/api/v1';
const declared = new Map(
  describeOperations()
    .filter(({ path }) => path.startsWith(PREFIX))
    .map(({ method, path, who }) => [
      `${method.toUpperCase()} ${templateOf(path).slice(PREFIX.length).replace(/_id\}/g, 'id}').replace(/\{\w*id\}/g, '{id}')}`,
      who,
    ]),
);

/** The routes of one cell: "GET `/attempts/{id}/metrics`, `/skills`" names a sibling of the path before it. */
function routesIn(cell: string): string[] {
  let [method, before] = ['', ''];
  return [...cell.matchAll(/([A-Z]{3,})|`([^`]+)`/g)].flatMap(([, word, path]) => {
    if (word) method = word;
    if (!path) return [];
    const sibling = before.replace(/\/[^/]*$/, path);
    before = declared.has(`${method} ${path}`) ? path : sibling;
    return [`${method} ${before}`];
  });
}

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const rows = readme
  .split('\n')
  .map((line) => line.split('|').map((cell) => cell.trim()))
  .filter(([, first = '']) => /^(GET|POST|PUT|PATCH|DELETE) `\//.test(first))
  .flatMap(([, first = '', who = '']) => routesIn(first).map((route) => ({ route, who })));

describe('the tables of the README', () => {
  it('have every route of the API, and no other', () => {
    expect(rows.map(({ route }) => route).toSorted()).toEqual([...declared.keys()].toSorted());
  });

  it.each(rows)('$route is for whom its declaration says', ({ route, who }) => {
    expect(who).toMatch(WORDS[declared.get(route) as Who]);
  });
});
