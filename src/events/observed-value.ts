import { z } from 'zod';

/** How deep a front end's own objects and lists may nest; the database itself allows 100 levels. */
export const MAX_DEPTH = 8;

/**
 * Keys that cannot be stored as observed. The parser drops the first. The database driver mistakes an object with
 * the second for one of its own types and throws, which fails the whole group of events being written.
 */
const UNSTORABLE_KEYS = new Set(['__proto__', '_bsontype']);

/**
 * An object whose extra keys are kept as observed, if a document can hold them: keys without zero bytes or halves of
 * characters, none of `UNSTORABLE_KEYS`, at most `MAX_DEPTH` levels. Checked before parsing, while every key is still
 * there. Texts are kept too, but a half of a character (an emoji that a front end has cut) becomes U+FFFD, because
 * no encoding can hold it.
 */
export function observedObject<T extends z.ZodRawShape>(shape: T) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const problem = findProblem(value, 1);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .transform(withWholeCharacters)
    .pipe(z.looseObject(shape));
}

function findProblem(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return `may nest at most ${MAX_DEPTH} levels`;
  for (const key in value) {
    if (key.includes('\0') || UNSTORABLE_KEYS.has(key) || !key.isWellFormed())
      return `has a key that cannot be stored: ${JSON.stringify(key)}`;
    const problem = findProblem((value as Record<string, unknown>)[key], depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

/** Whether all texts are whole, as they nearly always are; a front end may send thousands of small objects. */
function isWhole(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed();
  if (typeof value !== 'object' || value === null) return true;
  for (const key in value) if (!isWhole((value as Record<string, unknown>)[key])) return false;
  return true;
}

/** The same value; a copy only if one of its texts has to be changed. */
function withWholeCharacters(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : value.toWellFormed();
  if (typeof value !== 'object' || value === null || isWhole(value)) return value;
  const changed = Object.entries(value)
    .map(([key, inner]) => [key, inner, withWholeCharacters(inner)] as const)
    .filter(([, before, after]) => before !== after);
  if (changed.length === 0) return value;
  const copy: object = Array.isArray(value) ? [...value] : { ...value };
  return Object.assign(copy, Object.fromEntries(changed.map(([key, , after]) => [key, after])));
}
