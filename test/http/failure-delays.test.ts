import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FailureDelays } from '../../src/http/failure-delays.ts';

const RATE = { free: 3, seconds: 3600, firstDelaySeconds: 1, maxDelaySeconds: 10 };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);

describe('after failures of one key', () => {
  it('there is no delay while they are free, then 1 s, 2 s, 4 s … up to the maximum', async () => {
    const delays = new FailureDelays(RATE);
    const seen: number[] = [];
    for (let n = 0; n < 8; n++) {
      await delays.countFailure('a');
      seen.push(await delays.secondsLeft('a'));
      await pass(10);
    }
    expect(seen).toEqual([0, 0, 1, 2, 4, 8, 10, 10]);
    expect(await delays.secondsLeft('b')).toBe(0);
  });

  it('the delay ends, and nothing that is refused meanwhile makes it longer', async () => {
    const delays = new FailureDelays(RATE);
    for (let n = 0; n < 5; n++) await delays.countFailure('a');
    expect(await delays.secondsLeft('a')).toBe(4);
    await pass(3.5);
    expect(await delays.secondsLeft('a')).toBe(1);
    await pass(0.5);
    expect(await delays.secondsLeft('a')).toBe(0);
  });

  it('they are forgotten after the span, or when asked to', async () => {
    const delays = new FailureDelays(RATE);
    for (let n = 0; n < 5; n++) await delays.countFailure('a');
    await delays.forget('a');
    expect([await delays.failures('a'), await delays.secondsLeft('a')]).toEqual([0, 0]);
    await delays.countFailure('a');
    await pass(3600);
    expect(await delays.failures('a')).toBe(0);
  });

  it('a wall clock that is set back does not make the delay longer', async () => {
    const delays = new FailureDelays(RATE);
    for (let n = 0; n < 5; n++) await delays.countFailure('a');
    vi.setSystemTime(Date.now() - 86_400_000);
    expect(await delays.secondsLeft('a')).toBeLessThanOrEqual(10);
    await pass(4);
    expect(await delays.secondsLeft('a')).toBe(0);
  });
});

it('the least recently used keys are forgotten, so that memory is bounded', async () => {
  const delays = new FailureDelays(RATE, 2);
  for (const key of ['a', 'b', 'c']) await delays.countFailure(key);
  expect(await Promise.all(['a', 'b', 'c'].map((key) => delays.failures(key)))).toEqual([0, 1, 1]);
});
