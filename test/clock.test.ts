import type os from 'node:os';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ExpiryClock, SteadyClock } from '../src/clock.ts';

const NOON = Date.UTC(2025, 0, 15, 12, 0, 0);

const DAY_MS = 86_400_000;

/** How long the computer has slept so far. */
let asleepMs = 0;
vi.mock('node:os', async (original) => ({
  ...(await original<typeof os>()),
  uptime: () => (performance.now() + asleepMs) / 1000,
}));

beforeEach(() => {
  vi.useFakeTimers({ now: NOON });
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows the time of the wall clock, also when that is set forward a little', () => {
  const clock = new SteadyClock();
  vi.advanceTimersByTime(1000);
  expect(clock.now().getTime()).toBe(NOON + 1000);
  vi.setSystemTime(NOON + 1900);
  expect(clock.now().getTime()).toBe(NOON + 1900);
});

it('given a wall clock that is two days ahead for 9 s, then it goes on by the time that passes', () => {
  const clock = new SteadyClock();
  vi.setSystemTime(NOON + 2 * DAY_MS);
  for (let second = 0; second <= 9; second += 1) {
    expect(clock.now().getTime()).toBe(NOON + second * 1000);
    expect(clock.latest().getTime()).toBe(NOON + 2 * DAY_MS + second * 1000);
    vi.advanceTimersByTime(1000);
  }
  vi.setSystemTime(NOON + 10_000);
  expect(clock.now().getTime()).toBe(NOON + 10_000);
  expect(clock.latest().getTime()).toBe(NOON + 10_000);
});

it('given a wall clock that keeps its new time, then it is believed after ten minutes', () => {
  const clock = new SteadyClock();
  vi.setSystemTime(NOON + DAY_MS);
  expect(clock.now().getTime()).toBe(NOON);
  vi.advanceTimersByTime(9 * 60_000);
  expect(clock.now().getTime()).toBe(NOON + 9 * 60_000);
  vi.advanceTimersByTime(60_000);
  expect(clock.now().getTime()).toBe(NOON + DAY_MS + 10 * 60_000);
});

it('given a computer that slept for a night, then that time has passed', () => {
  const clock = new SteadyClock();
  const night = 8 * 3_600_000;
  asleepMs += night;
  vi.setSystemTime(NOON + night);
  expect(clock.now().getTime()).toBe(NOON + night);
});

describe('the time by which attempts expire', () => {
  const moment = (ms: number) => new Date(NOON + ms);

  it('is the database’s, and goes on between two tellings', () => {
    const clock = new ExpiryClock();
    clock.follow(moment(500));
    vi.advanceTimersByTime(2000);
    expect(clock.now()).toEqual(moment(2500));
    clock.follow(moment(2400));
    expect(clock.now()).toEqual(moment(2400));
  });

  it('given database and computer two days ahead, for however long, then it goes on by the time that passes', () => {
    const clock = new ExpiryClock();
    clock.follow(moment(0));
    for (let minute = 1; minute <= 30; minute += 1) {
      vi.advanceTimersByTime(60_000);
      clock.follow(moment(2 * DAY_MS + minute * 60_000));
      const passed = clock.now().getTime() - NOON;
      expect(passed).toBeGreaterThanOrEqual(minute * 60_000);
      expect(passed).toBeLessThan(minute * 60_000 * 1.001 + 1001);
    }
    clock.follow(moment(30 * 60_000));
    expect(clock.now()).toEqual(moment(30 * 60_000));
  });

  it('given a database that was set back for a while, then it is where it was', () => {
    const clock = new ExpiryClock();
    clock.follow(moment(0));
    vi.advanceTimersByTime(60_000);
    clock.follow(moment(-DAY_MS));
    expect(clock.now()).toEqual(moment(-DAY_MS));
    clock.follow(moment(60_000));
    expect(clock.now()).toEqual(moment(60_000));
  });

  it('given a computer that slept, then that time has passed', () => {
    const clock = new ExpiryClock();
    clock.follow(moment(0));
    asleepMs += DAY_MS;
    clock.follow(moment(DAY_MS));
    expect(clock.now()).toEqual(moment(DAY_MS));
  });
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
