import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentInQuery } from '../src/fields.ts';
import { parseMoment } from '../src/moments.ts';

const at = (iso: string) => new Date(iso);

it.each([
  ['2026-01-31T09:30:00.000Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31t09:30:00z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31 09:30:00Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T11:30:00+02:00', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T11:30:00+0200', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T11:30:00+02', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T04:00:00\u221205:30', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09:30:00-00:00', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09:30Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09Z', '2026-01-31T09:00:00.000Z'],
  ['20260131T093000Z', '2026-01-31T09:30:00.000Z'],
  ['2026-01-31T09:30:00,5Z', '2026-01-31T09:30:00.500Z'],
  ['2026-01-31T09:30:00.123456789Z', '2026-01-31T09:30:00.123Z'],
  ['2016-12-31T23:59:60Z', '2017-01-01T00:00:00.000Z'],
  ['2026-01-31T24:00:00Z', '2026-02-01T00:00:00.000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
])('%s is a moment', (text, iso) => {
  expect(parseMoment(text)).toEqual(at(iso));
});

it.each([
  '2026-01-31T09:30:00',
  '2026-01-31',
  '2026-02-29T00:00:00Z',
  '2026-13-01T00:00:00Z',
  '2026-00-10T00:00:00Z',
  '2026-01-31T25:00:00Z',
  '2026-01-31T24:00:01Z',
  '2026-01-31T09:60:00Z',
  '2026-01-31T09:30:61Z',
  '2026-01-31T09:30:00+24:00',
  '2026-01-31T09:30:00+02:60',
  '2026-0131T09:30:00Z',
  '2026-01-31T0930:00Z',
  '2026-W05-6T09:30:00Z',
  '2026-031T09:30:00Z',
  ' 2026-01-31T09:30:00Z',
  'Sat, 31 Jan 2026 09:30:00 GMT',
  '1769851800000',
  `2026-01-31T09:30:00.${'1'.repeat(100)}Z`,
  '',
])('%s is not', (text) => {
  expect(parseMoment(text)).toBeUndefined();
});

it('in a query, the plus of an offset that was not escaped is still a plus', () => {
  for (const offset of ['02:00', '0200', '02']) {
    expect(momentInQuery.parse(`2026-01-31 11:30:00 ${offset}`)).toEqual(at('2026-01-31T09:30:00.000Z'));
  }
  expect(momentInQuery.safeParse('2026-01-31 09:30').success).toBe(false);
});

describe('any moment', () => {
  const moment = fc.date({
    min: at('0000-01-01T00:00:00Z'),
    max: at('9999-12-31T23:59:59.999Z'),
    noInvalidDate: true,
  });

  it('is read as it was written, in the basic format too', () => {
    fc.assert(
      fc.property(moment, (date) => {
        const iso = date.toISOString();
        expect(parseMoment(iso)).toEqual(date);
        expect(parseMoment(iso.replaceAll(/[:-]/g, ''))).toEqual(date);
      }),
    );
  });

  it('is the same whatever the offset', () => {
    fc.assert(
      fc.property(moment, fc.integer({ min: -23 * 60 - 59, max: 23 * 60 + 59 }), (date, minutes) => {
        const local = new Date(date.getTime() + minutes * 60_000);
        fc.pre(/^\d{4}-/.test(local.toISOString()));
        const two = (n: number) => String(n).padStart(2, '0');
        const offset = `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
        expect(parseMoment(local.toISOString().replace('Z', offset))).toEqual(date);
      }),
    );
  });
});
