import { setTimeout } from 'node:timers/promises';
import { type EmbeddedEngine, startEmbeddedEngine } from './engine.ts';

/** Milliseconds before a dead engine is started again; doubled with each failure in a row up to the maximum. */
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5000;
/** Milliseconds an engine has to live for its death to count as the first in a row. */
const STABLE_AFTER_MS = 60_000;

/** An engine that is started again whenever it dies. */
export interface SupervisedEngine {
  /** Stays the same through restarts. */
  readonly uri: string;
  /** Of the engine that runs now. */
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the embedded engine and keeps it running. While it is away clients get connection errors, as they
 * would from any MongoDB server that restarts.
 * @throws as `startEmbeddedEngine` does, for the first start only; later failures are reported and tried again.
 */
export async function superviseEngine(options: {
  directory: string;
  log: (message: string) => void;
}): Promise<SupervisedEngine> {
  let engine: EmbeddedEngine = await startEmbeddedEngine(options);
  const stopping = new AbortController();

  const restart = async (backOff: number): Promise<void> => {
    try {
      await setTimeout(backOff, undefined, { signal: stopping.signal });
      engine = await startEmbeddedEngine(options);
      options.log(`The embedded engine runs again (process ${engine.pid}).`);
    } catch (error) {
      if (stopping.signal.aborted) return;
      options.log(`The embedded engine could not be started again: ${(error as Error).message}`);
      await restart(Math.min(backOff * 2, MAX_BACK_OFF_MS));
    }
  };

  const keepRunning = async (): Promise<void> => {
    let backOff = FIRST_BACK_OFF_MS;
    for (;;) {
      const startedAt = Date.now();
      const { code, signal } = await engine.exited;
      if (stopping.signal.aborted) return;
      if (Date.now() - startedAt >= STABLE_AFTER_MS) backOff = FIRST_BACK_OFF_MS;
      options.log(`The embedded engine died (${signal ?? `exit code ${code}`}); it is started again.`);
      await restart(backOff);
      backOff = Math.min(backOff * 2, MAX_BACK_OFF_MS);
    }
  };
  const running = keepRunning();

  return {
    uri: engine.uri,
    get pid() {
      return engine.pid;
    },
    stop: async () => {
      stopping.abort();
      await engine.stop();
      await running;
      // A restart that was under way when the stop began has made another engine meanwhile.
      await engine.stop();
    },
  };
}
