import { DBRef } from 'mongodb';

/**
 * The driver turns each stored object with `$ref` and `$id` into a `DBRef`, which loses its keys' order and splits
 * some values. Front ends may send such objects like any others, so `$ref` is stored as `~$ref`, and keys that look
 * like that get one `~` more.
 */
const REFERENCE = /^~*\$ref$/;
const ESCAPED = /^~+\$ref$/;

/** What a front end sent, as it is stored. */
export const escapeKeys = <T>(value: T): T =>
  hasKey(value, REFERENCE) ? renameKeys(value, REFERENCE, (key) => `~${key}`) : value;

/** What is stored, as the front end sent it. */
export const unescapeKeys = <T>(value: T): T =>
  hasKey(value, ESCAPED) ? renameKeys(value, ESCAPED, (key) => key.slice(1)) : value;

/** Whether there is anything to rename, which is rare; a front end may have sent thousands of small objects. */
function hasKey(value: unknown, pattern: RegExp): boolean {
  if (typeof value !== 'object' || value === null || value instanceof Date) return false;
  if (value instanceof DBRef) return true;
  if (Array.isArray(value)) return value.some((item) => hasKey(item, pattern));
  for (const key in value) {
    if (pattern.test(key) || hasKey((value as Record<string, unknown>)[key], pattern)) return true;
  }
  return false;
}

/** The same value; a copy only if one of its keys is renamed. */
function renameKeys<T>(value: T, pattern: RegExp, rename: (key: string) => string): T {
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  // Stored by an earlier release, which did not escape.
  if (value instanceof DBRef) return renameKeys(value.toJSON() as T, pattern, rename);
  if (Array.isArray(value)) {
    const items: unknown[] = value.map((item) => renameKeys(item, pattern, rename));
    return items.every((item, index) => item === value[index]) ? value : (items as T);
  }
  const entries = Object.entries(value);
  const renamed = entries.map(([key, inner]): [string, unknown] => [
    pattern.test(key) ? rename(key) : key,
    renameKeys(inner, pattern, rename),
  ]);
  const isSame = renamed.every(
    ([key, inner], n) => key === entries[n]?.[0] && Object.is(inner, entries[n]?.[1]),
  );
  return isSame ? value : (Object.fromEntries(renamed) as T);
}
