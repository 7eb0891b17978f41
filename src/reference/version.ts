import { existsSync, readFileSync } from 'node:fs';

/** Compiled, this file lies one folder deeper. */
const place = ['../../package.json', '../../../package.json']
  .map((path) => new URL(path, import.meta.url))
  .find((url) => existsSync(url));

/** The version of this release. */
export const VERSION: string = place ? JSON.parse(readFileSync(place, 'utf8')).version : 'unknown';
