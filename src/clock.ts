import { uptime } from 'node:os';

/** How much slower the clock runs while it waits for the wall clock: 1 ms a second, so 15 s take some four hours. */
const LAG = 0.001;
/** A wall clock that goes forward by no more than this between two readings is followed at once, in milliseconds. */
const SMALL_STEP_MS = 1000;
/** How much two good clocks differ per time that passes; more than any that is kept right by NTP. */
const DRIFT = 0.001;
/** Milliseconds after which the wall clock is believed although it made a larger step. */
const BELIEVED_AFTER_MS = 10 * 60_000;

/** By which events are judged and recorded. */
export interface EventClock {
  /** For what is recorded. */
  now(): Date;
  /** The latest moment that it may be: where the wall clock and this one differ, nobody knows yet which is right. */
  latest(): Date;
  /** Whether this moment, at which something expires, is over. */
  hasPassed(moment: Date): boolean;
}

/** An event clock that shows exactly what `now` says. */
export const clockOf = (now: () => Date): EventClock => ({
  now,
  latest: now,
  hasPassed: (moment) => moment <= now(),
});

/**
 * The server's clock for judging and recording events. It follows the wall clock, but no step that is larger than the
 * time that passed, because a wrong time would stay in the record for good:
 * - If the wall clock is set back, it goes on by the time that has elapsed, a little slower, until the wall clock has
 *   caught up. Otherwise all events of that time would seem to have happened at once.
 * - If the wall clock is set forward, it goes on by the time that has elapsed, too, until the wall clock is right again
 *   or has kept its new time for 10 minutes. A computer that slept is different: that time has passed.
 */
export class SteadyClock {
  /** Milliseconds since the epoch. */
  #time = Date.now();
  /** When that was, in milliseconds of `performance.now()`. */
  #readAt = performance.now();
  /** Since when the wall clock has been ahead, likewise. */
  #aheadSince: number | undefined;
  #slept = new Sleep();

  now(): Date {
    const readAt = performance.now();
    const passed = readAt - this.#readAt;
    const wall = Date.now();
    const ahead = wall - (this.#time + passed);
    const isBelieved = ahead <= SMALL_STEP_MS + passed * DRIFT || this.#explains(ahead, readAt);
    if (isBelieved) {
      this.#time = Math.max(wall, this.#time + passed * (1 - LAG));
      this.#aheadSince = undefined;
    } else {
      this.#time += passed;
      this.#aheadSince ??= readAt;
    }
    this.#readAt = readAt;
    return new Date(this.#time);
  }

  latest(): Date {
    return new Date(Math.max(this.now().getTime(), Date.now()));
  }

  /** Whether a large step has a reason: the computer slept, or the step has lasted. */
  #explains(ahead: number, readAt: number): boolean {
    const hasLasted = this.#aheadSince !== undefined && readAt - this.#aheadSince >= BELIEVED_AFTER_MS;
    return hasLasted || this.#slept.since() >= ahead - SMALL_STEP_MS;
  }
}

/**
 * The time by which attempts and tokens expire: that of the database, which all processes share, but never further than
 * the time that has passed since the start. What has expired stays expired, so a clock that is days ahead for some
 * seconds must not reach it, neither the server's nor the database's.
 */
export class ExpiryClock {
  /** The first time that the database told, and when that was, in milliseconds of uptime. */
  #first: { time: number; uptime: number } | undefined;
  #time = 0;
  /** When that was, in milliseconds of `performance.now()`. */
  #readAt = 0;

  /** Must be told the database's time regularly, the first time before anything is judged. */
  follow(databaseTime: Date): void {
    const time = databaseTime.getTime();
    const upMs = uptimeMs();
    this.#first ??= { time, uptime: upMs };
    const passed = (upMs - this.#first.uptime) * (1 + DRIFT);
    this.#time = Math.min(time, this.#first.time + passed + SMALL_STEP_MS);
    this.#readAt = performance.now();
  }

  now(): Date {
    return new Date(this.#time + performance.now() - this.#readAt);
  }
}

/** How long the computer slept, which `performance.now()` leaves out on Linux. */
class Sleep {
  /** By how many ms the computer has been up longer than this process has been awake. */
  #before = uptimeMs() - performance.now();

  /** Milliseconds of sleep since the last call, or since the start. */
  since(): number {
    const before = uptimeMs() - performance.now();
    const slept = before - this.#before;
    if (slept > SMALL_STEP_MS) this.#before = before;
    return slept;
  }
}

/** How long the computer has been up, in milliseconds, sleep included. */
const uptimeMs = (): number => uptime() * 1000;
