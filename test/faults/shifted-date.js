/*
 * Loaded before a server (`node --import`): changes its wall clock as far as JavaScript can see. Timers and
 * performance.now() go on, as they do when a computer's clock is set. At each SIGUSR2 it is set back by 15 s; at a
 * SIGHUP it is set forward by two days, and at the next one it is right again. With CLOCK_AHEAD it begins two days ahead.
 */
const SET_BACK_MS = 15_000;
const TWO_DAYS_MS = 2 * 86_400_000;
const TrueDate = Date;
let shift = 0;
let ahead = process.env.CLOCK_AHEAD ? TWO_DAYS_MS : 0;

globalThis.Date = class extends TrueDate {
  constructor(...args) {
    if (args.length === 0) super(TrueDate.now() + shift + ahead);
    else super(...args);
  }

  static now() {
    return TrueDate.now() + shift + ahead;
  }
};

process.on('SIGUSR2', () => {
  shift -= SET_BACK_MS;
  process.stdout.write('The clock was set back\n');
});
process.on('SIGHUP', () => {
  ahead = ahead ? 0 : TWO_DAYS_MS;
  process.stdout.write(ahead ? 'The clock was set forward\n' : 'The clock was set right\n');
});
