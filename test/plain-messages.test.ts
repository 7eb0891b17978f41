import { expect, it } from 'vitest';
import { z } from 'zod';
import { plainly } from '../src/plain-messages.ts';

const schema = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  list: z.array(z.int()).min(1).max(2).optional(),
  count: z.int().min(2).max(5).multipleOf(2).optional(),
  share: z.number().gt(0).lt(1).optional(),
  kind: z.enum(['a', 'b']).optional(),
  one: z.literal('x').optional(),
  is: z.boolean().optional(),
  shape: z
    .discriminatedUnion('type', [z.object({ type: z.literal('p') }), z.object({ type: z.literal('q') })])
    .optional(),
});

it.each([
  [{ name: 5 }, 'name must be a string, not a number'],
  [{ name: null }, 'name must be a string, not null'],
  [{ name: '' }, 'name must not be empty'],
  [{ name: 'four' }, 'name must have at most 3 characters'],
  [{ list: {} }, 'list must be a list, not an object'],
  [{ list: [] }, 'list must have at least 1 entry'],
  [{ list: [1, 2, 3] }, 'list must have at most 2 entries'],
  [{ list: ['1'] }, 'list.0 must be a number, not a string'],
  [{ count: 2.5 }, 'count must be a whole number'],
  [{ count: 0 }, 'count must be at least 2'],
  [{ count: 6 }, 'count must be at most 5'],
  [{ count: 3 }, 'count must be a multiple of 2'],
  [{ share: 0 }, 'share must be more than 0'],
  [{ share: 1 }, 'share must be less than 1'],
  [{ kind: 'c' }, 'kind must be one of "a", "b"'],
  [{ one: 'y' }, 'one must be "x"'],
  [{ is: 'true' }, 'is must be true or false, not a string'],
  [{ shape: { type: 'r' } }, 'shape.type must be one of "p", "q"'],
  [{ more: 1 }, ' must not have "more"'],
  ['text', ' must be an object, not a string'],
])('%j: %s', (value, message) => {
  const { issues } = schema.safeParse(value, { error: plainly }).error ?? { issues: [] };
  expect(issues.map((issue) => `${issue.path.join('.')} ${issue.message}`)).toEqual([message]);
});

it('what is not there is missing', () => {
  const { issues } = z.object({ a: z.string(), b: z.enum(['x']) }).safeParse({}, { error: plainly })
    .error ?? { issues: [] };
  expect(issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    'a is missing',
    'b is missing',
  ]);
});

it('what a schema says itself stays', () => {
  const own = z.string('write a name').safeParse(5, { error: plainly });
  expect(own.error?.issues[0]?.message).toBe('write a name');
});
