import { assert, constantFrom, double, integer, oneof, property } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seconds as pageSeconds } from '../../src/inspector/page/seconds.ts';
import { duration as spelledDuration } from '../../src/results/interpretation/figures.ts';
import { duration, seconds } from '../../src/tools/report/text.ts';

describe('a duration for reading', () => {
  it.each<[number, string]>([
    [0, '0 s'],
    [4_000, '4 s'],
    [1_050, '1.1 s'],
    [9_949, '9.9 s'],
    [9_950, '10.0 s'],
    [10_000, '10 s'],
    [12_340.5, '12.3 s'],
    [59_949, '59.9 s'],
    [59_950, '1 min'],
    [85_000, '1 min 25 s'],
    [119_600, '2 min'],
    [600_000, '10 min'],
  ])('of %d ms is %s', (ms, expected) => {
    expect(duration(ms)).toBe(expected);
  });
});

it('seconds with fixed decimals are rounded as one would by hand', () => {
  expect(seconds(9_950, 1)).toBe('10.0 s');
  expect(seconds(1_005, 2)).toBe('1.01 s');
  expect(seconds(41_000, 3)).toBe('41.000 s');
  expect(seconds(49, 1)).toBe('0.0 s');
});

describe('every place that prints a duration', () => {
  const decimalsOf = (text: string) => /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
  /** Times up to a minute, which are told with decimals, and among them those halfway between two roundings. */
  const times = oneof(
    integer({ min: 0, max: 59_949 }),
    integer({ min: 0, max: 599 }).map((tenths) => tenths * 100 + 50),
    double({ min: 0, max: 59_949, noNaN: true }),
  ).filter((ms) => ms < 59_950);

  it.each<[string, (ms: number) => string]>([
    ['report and demo', duration],
    ['timeline', (ms) => seconds(ms, 3)],
    ['inspector', pageSeconds],
    ['evidence and notes', (ms) => spelledDuration(ms)],
  ])('rounds halves up: %s', (_, tell) => {
    void assert(
      property(oneof(constantFrom(9_950, 1_000.5, 0.5), times), (ms) => {
        const text = tell(ms);
        const unit = 1_000 / 10 ** decimalsOf(text);
        const off = Number.parseFloat(text) * 1_000 - ms;
        // Up to half a unit too much, and less than half a unit too little.
        expect(off).toBeLessThanOrEqual(unit / 2 + 1e-6);
        expect(off).toBeGreaterThan(-unit / 2);
      }),
    );
    expect(tell(9_950)).toMatch(/^(10\.0|10|9\.95|9\.950) s/);
  });
});
