import { describe, expect, it } from 'vitest';
import { EVENT_TABLE, EVENT_TYPES, type EventType } from '../../src/events/event-table.ts';
import { MAX_DEPTH } from '../../src/events/observed-value.ts';
import { submittedEvent } from '../../src/events/submitted-event.ts';

const ID = 'a1'.repeat(12);
const option = { option_id: ID, option_code: 'A' };

/** A valid payload for every type. */
const PAYLOADS = Object.fromEntries(EVENT_TYPES.map((type) => [type, EVENT_TABLE[type].example])) as Record<
  EventType,
  Record<string, unknown>
>;

const body = (event_type: string, payload: unknown, envelope: object = {}) => ({
  attempt_id: ID,
  event_type,
  timestamp_client: '2025-01-15T10:00:00.000Z',
  payload,
  ...envelope,
});

/** Goes through JSON, as in a request, because only JSON creates `__proto__` as an own key. */
const parse = (value: unknown) =>
  submittedEvent.safeParse(JSON.parse(typeof value === 'string' ? value : JSON.stringify(value)));
const accepted = (value: unknown) => {
  const parsed = parse(value);
  expect(parsed.error?.issues).toBeUndefined();
  return parsed.data;
};
const refusedAt = (value: unknown) => parse(value).error?.issues.map(({ path }) => path.join('.'));

describe('the payload of each event type', () => {
  it.each(EVENT_TYPES)('%s is taken as described', (type) => {
    expect(accepted(body(type, PAYLOADS[type]))).toMatchObject({ event_type: type, payload: PAYLOADS[type] });
  });

  it.each(EVENT_TYPES)('%s keeps extra keys as observed', (type) => {
    const extra = {
      mouse: {
        path: [
          [1, 2],
          [3, 4],
        ],
      },
      'a.b': null,
      $where: '1',
      constructor: 'x',
    };
    const payload = { ...PAYLOADS[type], ...extra };
    expect(accepted(body(type, payload, { metadata: extra }))).toMatchObject({ payload, metadata: extra });
  });

  it.each(EVENT_TYPES.flatMap((type) => Object.keys(PAYLOADS[type]).map((key) => [type, key] as const)))(
    '%s needs its %s',
    (type, key) => {
      const { [key]: _, ...rest } = PAYLOADS[type];
      expect(refusedAt(body(type, rest))).toEqual([`payload.${key}`]);
    },
  );

  it.each(EVENT_TYPES)('%s needs an object', (type) => {
    for (const payload of [undefined, null, [], 'x', 1]) {
      expect(refusedAt(body(type, payload))).toEqual(['payload']);
    }
  });

  it.each<[(typeof EVENT_TYPES)[number], object, string]>([
    ['option_viewed', { duration_ms: -1 }, 'duration_ms'],
    ['option_viewed', { duration_ms: '5' }, 'duration_ms'],
    ['option_viewed', { option_id: ID.toUpperCase() }, 'option_id'],
    ['option_viewed', { option_code: '' }, 'option_code'],
    ['option_selected', { option_id: 'A' }, 'option_id'],
    ['option_selected', { option_id: { $ne: null } }, 'option_id'],
    ['option_selected', { option_code: 7 }, 'option_code'],
    ['option_changed', { to_option_id: null }, 'to_option_id'],
    ['reasoning_updated', { text_length: -1 }, 'text_length'],
    ['reasoning_updated', { text_length: 1.5 }, 'text_length'],
    ['reasoning_updated', { word_count: -1 }, 'word_count'],
    ['reasoning_submitted', { word_count: -1 }, 'word_count'],
    ['reasoning_submitted', { text: ['because'] }, 'text'],
    ['task_completed', { final_option_id: `${ID}0` }, 'final_option_id'],
  ])('%s does not take %j', (type, wrong, key) => {
    expect(refusedAt(body(type, { ...PAYLOADS[type], ...wrong }))).toEqual([`payload.${key}`]);
  });

  it('may hold any finite duration from 0 on, and an empty text', () => {
    for (const duration_ms of [0, 90_000_000, 2 ** 53, Number.MAX_VALUE]) {
      accepted(body('option_viewed', { ...option, duration_ms }));
    }
    const endless = JSON.stringify(body('option_viewed', { ...option, duration_ms: 'HERE' }));
    expect(refusedAt(endless.replace('"HERE"', '1e999'))).toEqual(['payload.duration_ms']);
    accepted(body('reasoning_submitted', { text: '', word_count: 0 }));
  });

  it('may hold a text of 5 000 characters and not of 5 001', () => {
    const submitted = (length: number) =>
      body('reasoning_submitted', { text: 'ä'.repeat(length), word_count: 1 });
    accepted(submitted(5000));
    expect(refusedAt(submitted(5001))).toEqual(['payload.text']);
  });

  it('names everything that is wrong at once', () => {
    const wrong = { ...body('option_viewed', { option_id: 1 }), attempt_id: 'x', timestamp_client: 'today' };
    expect(refusedAt(wrong)?.sort()).toEqual([
      'attempt_id',
      'payload.duration_ms',
      'payload.option_code',
      'payload.option_id',
      'timestamp_client',
    ]);
  });
});

describe('what a document cannot hold is refused, never dropped or altered', () => {
  const nested = (levels: number): object => (levels === 1 ? {} : { deeper: nested(levels - 1) });

  it(`may nest ${MAX_DEPTH} levels and not more`, () => {
    accepted(body('task_started', nested(MAX_DEPTH)));
    expect(refusedAt(body('task_started', nested(MAX_DEPTH + 1)))).toEqual(['payload']);
    expect(refusedAt(body('task_started', {}, { metadata: nested(MAX_DEPTH + 1) }))).toEqual(['metadata']);
  });

  it('counts lists as levels', () => {
    const list = JSON.parse(`${'['.repeat(MAX_DEPTH)}${']'.repeat(MAX_DEPTH)}`);
    expect(refusedAt(body('task_started', { list }))).toEqual(['payload']);
  });

  it.each(['__proto__', 'zero\\u0000byte', '_bsontype'])('a key %s at any level', (key) => {
    for (const inner of [`{"${key}": {"x": 1}}`, `{"a": {"${key}": "ObjectId"}}`, `{"a": [{"${key}": 1}]}`]) {
      const text = JSON.stringify(body('task_started', 'HERE')).replace('"HERE"', inner);
      expect(refusedAt(text), inner).toEqual(['payload']);
      const metadata = JSON.stringify(body('task_started', {}, { metadata: 'HERE' })).replace(
        '"HERE"',
        inner,
      );
      expect(refusedAt(metadata), inner).toEqual(['metadata']);
    }
    expect(Object.getOwnPropertyNames(Object.prototype)).not.toContain('x');
  });

  it('but a text may hold a zero byte', () => {
    const payload = { text: 'a\0b', word_count: 1 };
    expect(accepted(body('reasoning_submitted', payload))?.payload).toEqual(payload);
  });
});

describe('the envelope', () => {
  it.each(['2025-01-15T10:00:00Z', '2025-01-15T10:00:00.123Z', '2025-01-15T12:00:00.5+02:00'])(
    'takes the time %s',
    (timestamp_client) => {
      const event = accepted(body('task_started', {}, { timestamp_client }));
      expect(event?.timestamp_client).toEqual(new Date(timestamp_client));
    },
  );

  it.each([
    '2025-01-15T10:00:00',
    '2025-01-15',
    '2025-02-30T10:00:00Z',
    '15.01.2025 10:00',
    'now',
    '',
    1_736_935_200_000,
    null,
    undefined,
  ])('does not take the time %s', (timestamp_client) => {
    expect(refusedAt(body('task_started', {}, { timestamp_client }))).toEqual(['timestamp_client']);
  });

  it.each(['task_paused', 'xstate.stop', 'xstate.done.actor.0.x', 'attempt_expired', 'results_saved', '', 7])(
    'does not take the type %s',
    (event_type) => {
      expect(refusedAt({ ...body('', {}), event_type })).toEqual(['event_type']);
    },
  );

  it('needs no metadata and no client_event_id', () => {
    expect(accepted(body('task_started', {}))?.metadata).toEqual({});
  });

  it.each<[string, object]>([
    ['metadata', { metadata: [] }],
    ['metadata.user_agent', { metadata: { user_agent: 5 } }],
    ['metadata.client_session_id', { metadata: { client_session_id: ['x'] } }],
    ['client_event_id', { client_event_id: '' }],
    ['client_event_id', { client_event_id: 'x'.repeat(201) }],
    ['attempt_id', { attempt_id: { $gt: '' } }],
  ])('refuses a %s that does not fit', (path, envelope) => {
    expect(refusedAt(body('task_started', {}, envelope))).toEqual([path]);
  });
});
