import fc from 'fast-check';
import { DBRef, type ObjectId } from 'mongodb';
import { expect, it } from 'vitest';
import { unescapeKeys } from '../../src/journal/observed-keys.ts';
import { createTask } from '../support/assessment.ts';
import { admitCandidate } from '../support/candidate.ts';
import { problemOf } from '../support/problem.ts';
import { completes, selects, starts, views } from '../support/recorded.ts';
import { startTestServer } from '../support/server.ts';

/* What a front end adds to an event comes back as it was sent, whatever it means to the database. */

const { admin, api } = await startTestServer();
const task = await createTask(admin);
const newCandidate = () => admitCandidate(admin, api, task);

/** Keys that mean something to BSON, to its JSON notation, to JavaScript or to queries, and some that look like it. */
const key = fc.oneof(
  fc.constantFrom(
    '$ref',
    '$id',
    '$db',
    '~$ref',
    '~~$ref',
    '$oid',
    '$date',
    '$numberLong',
    '$binary',
    '$type',
  ),
  fc.constantFrom(
    '$regex',
    '$timestamp',
    '$where',
    '$set',
    '_id',
    'id',
    'toBSON',
    'toJSON',
    'constructor',
    'length',
  ),
  fc.constantFrom('a.b', '.', '$', '', 'sub_type', 'buffer', 'oid', 'collection', 'fields', '0', '1'),
  fc.string({ maxLength: 4 }),
);
const scalar = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1,
    -1,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 53,
    2 ** 63,
    1e308,
    5e-324,
    0.1,
    1.5,
    true,
    false,
    null,
  ),
  fc.constantFrom(
    '',
    '0',
    'a.b',
    '507f1f77bcf86cd799439011',
    '2026-01-01T00:00:00Z',
    'zero\0byte',
    '😀',
    '$ref',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }).map((text) => text.toWellFormed()),
);
const { observed } = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 5 }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('observed')),
  observed: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
}));
const isStorable = (value: unknown) =>
  !/"(__proto__|_bsontype|[^"]*\\u0000[^"]*)":/.test(JSON.stringify(value));
const anyObserved = (observed as fc.Arbitrary<object>).filter(isStorable);

const shapes: object[] = [
  { $ref: 'tasks', $id: 'x' },
  { $id: 'x', $ref: 'tasks' },
  { $ref: 'a.b', $id: 1, $db: 'c' },
  { $ref: 'a', $id: null },
  { $ref: 'a', $id: { $oid: '507f1f77bcf86cd799439011' }, more: [{ $ref: 'b', $id: 2 }] },
  { '~$ref': 'a', $ref: 'b', '~~$ref': 'c' },
  { $oid: '507f1f77bcf86cd799439011' },
  { $date: '2026-01-01T00:00:00Z' },
  { $numberLong: '9007199254740993' },
  { $binary: { base64: 'AA==', subType: '00' } },
  { toBSON: 'x', toJSON: 'y', constructor: 'z' },
  ...['constructor', 'toString', 'valueOf', 'hasOwnProperty'].map((name) => ({
    [name]: [{ a: 1 }, [{ b: 2 }], 3],
  })),
];

it('every observed value comes back equal, key for key, and the attempt gets its results', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  const sent: object[] = [];
  await fc.assert(
    fc.asyncProperty(fc.array(anyObserved, { minLength: 1, maxLength: 40 }), async (generated) => {
      const events = [...shapes, ...generated].map((extra) => {
        const body = candidate.body(views(0, 'A', 1), { metadata: { extra } });
        return { ...body, payload: { ...body.payload, extra } };
      });
      const { results } = await candidate.api.call<{ results: object[] }>('POST', '/events/batch', {
        events,
      });
      expect(results.filter((verdict) => !('event_id' in verdict))).toEqual([]);
      sent.push(...events);
    }),
    { numRuns: 25 },
  );
  const log = (await candidate.log(1000)).slice(1);
  expect(log.map(({ payload, metadata }) => ({ payload, metadata }))).toEqual(
    sent
      .map((event) => JSON.parse(JSON.stringify(event)))
      .map(({ payload, metadata }) => ({ payload, metadata })),
  );
  await candidate.does(selects(0, 'A'), completes(0, 'A'));
  expect(await candidate.results('metrics')).toMatchObject({ raw_event_count: sent.length + 3 });
});

it('an event like a database reference is a repeat of itself', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  const body = candidate.body(views(0, 'A', 1), { client_event_id: 'once' });
  const event = { ...body, payload: { ...body.payload, seen: { $id: 1, $ref: 'a.b' } } };
  const ack = await candidate.api.call('POST', '/events', event);
  expect(await candidate.api.call('POST', '/events', event)).toEqual(ack);
});

it('what an earlier release stored as a reference is still readable', () => {
  const stored = { seen: [new DBRef('tasks', 'x' as unknown as ObjectId, undefined, { more: 1 })] };
  expect(unescapeKeys(stored)).toEqual({ seen: [{ $ref: 'tasks', $id: 'x', more: 1 }] });
});

it('half of a character in a text becomes a replacement character; in a key it is refused', async () => {
  const candidate = await newCandidate();
  await candidate.does(starts(0));
  const body = candidate.body(views(0, 'A', 1), { client_event_id: 'half' });
  const event = { ...body, payload: { ...body.payload, note: ['cut 😀'.slice(0, -1)] } };
  const ack = await candidate.api.call('POST', '/events', event);
  expect(await candidate.api.call('POST', '/events', event)).toEqual(ack);
  expect((await candidate.log())[1]?.payload).toMatchObject({ note: ['cut \ufffd'] });
  const wrong = { ...body, payload: { ...body.payload, '\ud83d': 1 } };
  expect(await problemOf(await candidate.api.send('POST', '/events', wrong))).toMatchObject({
    errors: [{ path: 'payload', message: 'has a key that cannot be stored: "\\ud83d"' }],
  });
});
