import type { z } from 'zod';

/** What a value is or must be, in the words of JSON. */
const NAMES: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
  date: 'a moment such as "2026-03-01T09:30:00.000Z"',
};

/**
 * Says what is wrong with a value so that whoever sent it understands it without knowing the library. The text follows
 * the path of the field: "payload.text must be a string, not a number".
 * @returns undefined to keep the library's text; a schema's own text goes before
 */
export const plainly: z.core.$ZodErrorMap = (issue) => {
  if (issue.input === undefined && issue.code !== 'unrecognized_keys') return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'int' && typeof issue.input === 'number') return 'must be a whole number';
      return `must be ${NAMES[issue.expected] ?? issue.expected}, not ${describe(issue.input)}`;
    case 'invalid_value':
      return `must be ${oneOf(issue.values.map((value) => JSON.stringify(value)))}`;
    case 'too_small':
      return issue.minimum === 1 && issue.origin === 'string'
        ? 'must not be empty'
        : `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return `must not have ${issue.keys.map((key) => JSON.stringify(key)).join(', ')}`;
    case 'invalid_union':
      return 'options' in issue && Array.isArray(issue.options)
        ? `must be ${oneOf(issue.options.map((option) => JSON.stringify(option)))}`
        : 'must have one of the allowed forms';
    default:
      return undefined;
  }
};

function describe(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return NAMES[typeof value] ?? typeof value;
}

function bound(origin: string, limit: string, size: number | bigint): string {
  switch (origin) {
    case 'string':
      return `have ${limit} ${size} ${size === 1 ? 'character' : 'characters'}`;
    case 'array':
    case 'set':
      return `have ${limit} ${size} ${size === 1 ? 'entry' : 'entries'}`;
    default:
      return `be ${limit} ${size}`;
  }
}

const oneOf = (values: string[]): string =>
  values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
