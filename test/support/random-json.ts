import fc from 'fast-check';

/*
 * Random bodies for requests: some have little to do with what a route reads, some nearly everything.
 */

/** Field names that the routes read, so that random objects often have something in the right place. */
const fields = [
  ...['email', 'password', 'role', 'refresh_token', 'token', 'task_id', 'attempt_id', 'count', 'events'],
  ...['event_type', 'payload', 'metadata', 'timestamp_client', 'client_event_id', 'options', 'title'],
  ...['candidate_email', 'expires_in_seconds', 'option_id', 'option_code', 'duration_ms', 'text'],
  ...['current_password', 'new_password', '__proto__', 'constructor', '$gt', '$where', 'a.b', ''],
  ...['$ref', '$id', '$db', '~$ref', '$oid', '$numberLong', '_bsontype', 'toBSON', 'toJSON', 'length'],
];

export interface RandomJson {
  scalar: fc.Arbitrary<unknown>;
  /** Any JSON value. */
  value: fc.Arbitrary<unknown>;
  /** Mostly valid JSON, sometimes cut short. */
  body: fc.Arbitrary<string>;
  /** A valid body with one thing replaced, left out or added anywhere in it. */
  spoilt(good: unknown): fc.Arbitrary<string>;
}

/** @param known values that mean something to the server, such as ids, so that they turn up in random places */
export function randomJson(known: readonly unknown[]): RandomJson {
  const scalar = fc.oneof(
    fc.constantFrom(...known),
    fc.constantFrom('task_started', 'option_viewed', 'option_selected', 'task_completed', 'x@example.com'),
    fc.constantFrom('2025-01-01T00:00:00Z', -1, 0, 1, 1.5, 1e308, Number.MAX_SAFE_INTEGER, null, true),
    fc.string({ unit: 'binary' }),
    fc.double(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      scalar,
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(fc.oneof(fc.constantFrom(...fields), fc.string()), tie('value'), { maxKeys: 8 }),
    ),
  }));
  const body = fc.oneof(
    { weight: 9, arbitrary: value.map((json) => JSON.stringify(json)) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }) },
  );
  return { scalar, value, body, spoilt: (good) => spoiltWith(value, good) };
}

function spoiltWith(value: fc.Arbitrary<unknown>, good: unknown): fc.Arbitrary<string> {
  const places = placesIn(good);
  return fc
    .tuple(
      fc.constantFrom(...places),
      value,
      fc.constantFrom('replace', 'drop', 'add'),
      fc.constantFrom(...fields),
    )
    .map(([place, replacement, how, field]) => {
      const copy = structuredClone({ root: good }) as Record<string, unknown>;
      let at: Record<string, unknown> = copy;
      for (const key of place.slice(0, -1)) at = at[key] as Record<string, unknown>;
      const last = place.at(-1) ?? 'root';
      const inner = at[last];
      if (how === 'drop') delete at[last];
      else if (how === 'replace') define(at, last, replacement);
      else if (Array.isArray(inner)) inner.push(replacement);
      else if (typeof inner === 'object' && inner !== null) define(inner, field, replacement);
      return JSON.stringify(copy['root']) ?? '';
    });
}

/** Sets a key of its own, also one like `__proto__`. */
function define(object: object, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
}

const placesIn = (json: unknown, place: string[] = ['root']): string[][] => [
  place,
  ...(typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([key, inner]) => placesIn(inner, [...place, key]))
    : []),
];
