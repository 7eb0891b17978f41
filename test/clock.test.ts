import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SteadyClock } from '../src/clock.ts';

const NOON = Date.UTC(2025, 0, 15, 12, 0, 0);

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows the time of the wall clock, also when that is set forward', () => {
  const clock = new SteadyClock();
  vi.advanceTimersByTime(1000);
  expect(clock.now().getTime()).toBe(NOON + 1000);
  vi.setSystemTime(NOON + 60_000);
  expect(clock.now().getTime()).toBe(NOON + 60_000);
});

it('goes on by the time that elapses when the wall clock is set back, until that has caught up', () => {
  const clock = new SteadyClock();
  vi.setSystemTime(NOON - 15_000);
  vi.advanceTimersByTime(10_000);
  const later = clock.now().getTime();
  expect(later).toBeGreaterThanOrEqual(NOON + 9_990);
  expect(later).toBeLessThanOrEqual(NOON + 10_000);
  vi.advanceTimersByTime(5 * 3_600_000);
  expect(clock.now().getTime()).toBe(Date.now());
});
