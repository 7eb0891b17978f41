import { z } from 'zod';

/** How deep objects and lists that a front end adds may nest; the database itself stops at 100. */
export const MAX_DEPTH = 8;

/**
 * Keys that would not reach the disk as observed: the parser leaves out the first, and the database's driver takes
 * an object with the second for a type of its own and throws, for the whole group of events it was to write.
 */
const UNSTORABLE_KEYS = new Set(['__proto__', '_bsontype']);

/**
 * An object whose extra keys are kept as observed, as far as a document can hold them: no zero byte in a key, none
 * of `UNSTORABLE_KEYS`, at most `MAX_DEPTH` levels. Looked at before it is parsed, while every key is still there.
 */
export function observedObject<T extends z.ZodRawShape>(shape: T) {
  return z
    .unknown()
    .superRefine((value, context) => {
      const problem = findProblem(value, 1);
      if (problem) context.addIssue({ code: 'custom', message: problem });
    })
    .pipe(z.looseObject(shape));
}

function findProblem(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return `may nest at most ${MAX_DEPTH} levels`;
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\0') || UNSTORABLE_KEYS.has(key))
      return `has a key that cannot be stored: ${JSON.stringify(key)}`;
    const problem = findProblem(inner, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
