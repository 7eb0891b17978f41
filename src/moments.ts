/** The parts of a moment; the basic format without `-` and `:` too, but not a mixture of both. */
const MOMENT = new RegExp(
  [
    /^(?<year>\d{4})(?<dash>-?)(?<month>\d\d)\k<dash>(?<day>\d\d)/,
    /[Tt ](?<hour>\d\d)(?:(?<colon>:?)(?<minute>\d\d)(?:\k<colon>(?<second>\d\d)(?:[.,](?<fraction>\d+))?)?)?/,
    /(?:[Zz]|(?<sign>[+\u2212-])(?<offsetHour>\d\d)(?::?(?<offsetMinute>\d\d))?)$/,
  ]
    .map(({ source }) => source)
    .join(''),
);

/** Longer than anything that a clock writes. */
const MAX_LENGTH = 64;

const MINUTE_MS = 60_000;

/**
 * The moment that `text` names: a date and time with an offset, as RFC 3339 or ISO 8601 writes them. Digits beyond
 * milliseconds are cut off; a leap second counts as the second after it.
 * @returns undefined if `text` is not such a moment, or one that does not exist, such as 30 February
 */
export function parseMoment(text: string): Date | undefined {
  const parts = text.length <= MAX_LENGTH ? MOMENT.exec(text)?.groups : undefined;
  if (!parts) return undefined;
  const number = (part: string) => Number(parts[part] ?? 0);
  const [month, day, hour] = [number('month'), number('day'), number('hour')];
  const [minute, second] = [number('minute'), number('second')];
  const ms = Number((parts['fraction'] ?? '').padEnd(3, '0').slice(0, 3));
  const [offsetHour, offsetMinute] = [number('offsetHour'), number('offsetMinute')];
  const isMidnightAtTheEnd = hour === 24 && minute === 0 && second === 0 && ms === 0;
  if ((hour > 23 && !isMidnightAtTheEnd) || minute > 59 || second > 60) return undefined;
  if (offsetHour > 23 || offsetMinute > 59) return undefined;
  const date = new Date(0);
  // Not `Date.UTC`, which takes the years before 100 for those after 1900.
  date.setUTCFullYear(number('year'), month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  date.setUTCHours(hour, minute, second, ms);
  const offset = (offsetHour * 60 + offsetMinute) * MINUTE_MS;
  return new Date(date.getTime() + (parts['sign'] === '+' ? -offset : offset));
}
