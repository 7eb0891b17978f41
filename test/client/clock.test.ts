import { beforeEach, describe, expect, it } from 'vitest';
import { Clock, type Reading } from '../../src/client/clock.ts';

const SERVER = Date.parse('2026-03-01T10:00:00.000Z');
const HOUR = 3_600_000;

describe('the server’s time, as a browser knows it', () => {
  /** What this computer's clocks show; the server's is `SERVER` when the test begins. */
  let clocks: Reading;
  let passed: number;
  let clock: Clock;
  const pass = (ms: number) => {
    passed += ms;
    clocks.wall += ms;
    clocks.steady += ms;
  };
  /** An answer that was on its way for so long in each direction. */
  const hearServer = (wayThereMs: number, wayBackMs = wayThereMs) => {
    const sent = { ...clocks };
    pass(wayThereMs);
    const time = new Date(SERVER + passed).toISOString();
    pass(wayBackMs);
    clock.learn(time, sent, { ...clocks });
  };
  /** By how many milliseconds it is ahead of the server's. */
  const ahead = () => Date.parse(clock.now()) - (SERVER + passed);

  beforeEach(() => {
    clocks = { wall: SERVER + HOUR, steady: 5000 };
    passed = 0;
    clock = new Clock(() => ({ ...clocks }));
  });

  it('is this computer’s, while nothing is known', () => {
    expect(ahead()).toBe(HOUR);
  });

  it('is known from one answer up to half the way there and back, and better from several', () => {
    hearServer(400, 0);
    expect(ahead()).toBe(200);
    hearServer(0, 100);
    expect(ahead()).toBeLessThanOrEqual(100);
  });

  it('needs no milliseconds: an HTTP date says the second', () => {
    clock.learn('Sun, 01 Mar 2026 10:00:00 GMT', { ...clocks }, { ...clocks });
    expect(ahead()).toBe(500);
  });

  it('goes on when the computer’s clock is set back', () => {
    hearServer(10);
    clocks.wall -= HOUR;
    pass(1000);
    expect(ahead()).toBe(0);
    hearServer(10);
    expect(ahead()).toBe(0);
  });

  it('goes on when the computer slept and its steady clock with it', () => {
    hearServer(10);
    passed += HOUR;
    clocks.wall += HOUR;
    expect(ahead()).toBe(0);
  });

  it('is right again with the first answer after the clock was set ahead', () => {
    hearServer(10);
    clocks.wall += HOUR;
    expect(ahead()).toBe(HOUR);
    hearServer(10);
    expect(ahead()).toBe(0);
  });

  it('does not learn from an answer during which the clock was set', () => {
    hearServer(10);
    const sent = { ...clocks };
    clocks.wall -= HOUR;
    clock.learn(new Date(SERVER + passed).toISOString(), sent, { ...clocks });
    expect(ahead()).toBe(0);
  });

  it('does not run back over a reload, unless what was kept is of a clock that was set', () => {
    hearServer(10);
    const soon = new Date(SERVER + passed + 1500).toISOString();
    clock.goesOnFrom(soon);
    expect(clock.now()).toBe(soon);
    clock.goesOnFrom(new Date(SERVER + HOUR).toISOString());
    expect(clock.now()).toBe(soon);
  });
});
