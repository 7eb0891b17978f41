import { expect, it } from 'vitest';
import { HeldBytes } from '../../src/http/held-bytes.ts';

/** Holds bytes for callers and remembers what was dropped, by caller and size. */
function holding(most: number) {
  const held = new HeldBytes(most);
  const dropped: string[] = [];
  const hold = (key: string, bytes: number) => held.hold(key, bytes, () => dropped.push(`${key} ${bytes}`));
  return { hold, dropped };
}

it('nothing is dropped up to the bound', () => {
  const { hold, dropped } = holding(100);
  hold('a', 60);
  hold('b', 40);
  expect(dropped).toEqual([]);
});

it('beyond it the caller for whom most is held loses the oldest, whoever came last', () => {
  const { hold, dropped } = holding(100);
  hold('b', 10);
  hold('a', 30);
  hold('a', 40);
  hold('b', 25);
  expect(dropped).toEqual(['a 30']);
});

it('what is released makes room, once', () => {
  const { hold, dropped } = holding(100);
  const release = hold('a', 60);
  hold('a', 40);
  release();
  release();
  hold('b', 60);
  expect(dropped).toEqual([]);
  hold('b', 1);
  expect(dropped).toEqual(['b 60']);
});

it('something larger than the bound is dropped itself, and what was dropped may still be released', () => {
  const { hold, dropped } = holding(100);
  hold('b', 50);
  const release = hold('a', 101);
  expect(dropped).toEqual(['a 101']);
  release();
  hold('b', 50);
  expect(dropped).toEqual(['a 101']);
});
