// Preloaded into the measured server (`--import`): on SIGUSR2 it collects garbage and prints what memory is used.
// That way the product needs no route for it.
process.on('SIGUSR2', () => {
  globalThis.gc?.();
  globalThis.gc?.();
  process.stdout.write(`memory ${JSON.stringify(process.memoryUsage())}\n`);
});
