import { z } from 'zod';

/** How deep objects and lists that a front end adds may nest; the database itself stops at 100. */
export const MAX_DEPTH = 8;

/**
 * An object whose extra keys are kept as observed, as far as a document can hold them: no zero byte and no
 * `__proto__` in a key, at most `MAX_DEPTH` levels.
 */
export function observedObject<T extends z.ZodRawShape>(shape: T) {
  return z.looseObject(shape).superRefine((value, context) => {
    const problem = findProblem(value, 1);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });
}

function findProblem(value: unknown, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (depth > MAX_DEPTH) return `may nest at most ${MAX_DEPTH} levels`;
  for (const [key, inner] of Object.entries(value)) {
    if (key.includes('\0') || key === '__proto__')
      return `has a key that cannot be stored: ${JSON.stringify(key)}`;
    const problem = findProblem(inner, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}
