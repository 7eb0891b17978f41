import { isDeepStrictEqual } from 'node:util';

/** Something that comes out otherwise than it is in the log. */
export interface Discrepancy {
  /** Such as `metrics.time_metrics.total_time_ms`. */
  field: string;
  recorded: unknown;
  computed: unknown;
}

/** What says of results whose they are and when they were made, not what they are. */
const ABOUT: readonly string[] = ['attempt_id', 'user_id', 'task_id', 'computed_at'];

/**
 * Everything that is not the same in both; what only one of them has, too.
 * @param recorded as it came from JSON; what is computed is compared as JSON would have it
 */
export function discrepanciesIn(field: string, recorded: unknown, computed: unknown): Discrepancy[] {
  return [...compare(field, recorded, JSON.parse(JSON.stringify(computed)))];
}

function* compare(field: string, recorded: unknown, computed: unknown): Generator<Discrepancy> {
  if (isDeepStrictEqual(recorded, computed)) return;
  if (!isGroup(recorded) || !isGroup(computed)) yield { field, recorded, computed };
  else {
    const names = new Set([...Object.keys(recorded), ...Object.keys(computed)]);
    for (const name of names) {
      if (!ABOUT.includes(name)) yield* compare(`${field}.${name}`, recorded[name], computed[name]);
    }
  }
}

const isGroup = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
