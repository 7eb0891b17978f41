import type { z } from 'zod';
import { validationFailed } from './errors.ts';
import { plainly } from './plain-messages.ts';

/** @throws Refusal 422 listing everything in `value` that violates `schema`. */
export function parse<T extends z.ZodType>(schema: T, value: unknown): z.output<T> {
  const parsed = schema.safeParse(value, { error: plainly });
  if (parsed.success) return parsed.data;
  throw validationFailed(
    parsed.error.issues.map(({ path, message }) => ({ path: path.map(String).join('.'), message })),
  );
}
