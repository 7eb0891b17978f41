/*
 * Loaded before a server (`node --import`): at each SIGUSR2 its wall clock is set back by 15 s, as far as JavaScript can
 * see. Timers and performance.now() go on, as they do when a computer's clock is set back.
 */
const SET_BACK_MS = 15_000;
const TrueDate = Date;
let shift = 0;

globalThis.Date = class extends TrueDate {
  constructor(...args) {
    if (args.length === 0) super(TrueDate.now() + shift);
    else super(...args);
  }

  static now() {
    return TrueDate.now() + shift;
  }
};

process.on('SIGUSR2', () => {
  shift -= SET_BACK_MS;
  process.stdout.write('The clock was set back\n');
});
