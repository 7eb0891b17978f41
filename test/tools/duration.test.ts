import { describe, expect, it } from 'vitest';
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
