import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { diagnose, type EngineExit } from './diagnosis.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from './engine.ts';

/** Milliseconds before a dead engine is restarted; doubled with each failure in a row up to the maximum. */
const FIRST_BACK_OFF_MS = 100;
const MAX_BACK_OFF_MS = 5000;
/** After an engine has lived this many milliseconds, its death counts as the first in a row. */
const STABLE_AFTER_MS = 60_000;

/** An engine that is restarted whenever it dies. */
export interface SupervisedEngine {
  /** Stays the same across restarts. */
  readonly uri: string;
  /** Process id of the current engine. */
  readonly pid: number;
  /** How an engine last ended that nobody had stopped. */
  readonly lastFailure: EngineExit | undefined;
  stop(): Promise<void>;
}

/**
 * Starts the embedded engine and keeps it running. While it is down, clients get connection errors, as with any
 * MongoDB server that restarts.
 * @throws as `startEmbeddedEngine` does, but only for the first start; later failures are logged and retried.
 */
export async function superviseEngine(options: {
  directory: string;
  log: (message: string) => void;
}): Promise<SupervisedEngine> {
  let engine: EmbeddedEngine = await startEmbeddedEngine(options);
  const stopping = new AbortController();

  let lastFailure: EngineExit | undefined;
  let said = '';
  /** The same reason again and again would fill the log, and perhaps the disk. */
  const sayOnce = (reason: string) => {
    if (reason !== said) options.log(`${reason} The server tries again every few seconds.`);
    said = reason;
  };

  const restart = async (backOff: number): Promise<void> => {
    try {
      await setTimeout(backOff, undefined, { signal: stopping.signal });
      engine = await startEmbeddedEngine(options);
      said = '';
      options.log(`The embedded engine is running again (process ${engine.pid}).`);
    } catch (error) {
      if (stopping.signal.aborted) return;
      sayOnce((error as Error).message);
      await restart(Math.min(backOff * 2, MAX_BACK_OFF_MS));
    }
  };

  const keepRunning = async (): Promise<void> => {
    let backOff = FIRST_BACK_OFF_MS;
    for (;;) {
      const startedAt = performance.now();
      const exit = await engine.exited;
      if (exit.code !== 0) lastFailure = exit;
      if (stopping.signal.aborted) return;
      const { reason, advice } = await diagnose(path.resolve(options.directory), exit);
      if (performance.now() - startedAt >= STABLE_AFTER_MS) backOff = FIRST_BACK_OFF_MS;
      options.log(`The embedded engine ended: ${reason}; ${advice}. It is being restarted.`);
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
    get lastFailure() {
      return lastFailure;
    },
    stop: async () => {
      stopping.abort();
      await engine.stop();
      await running;
      // A restart that was under way when the stop began may have started another engine.
      await engine.stop();
    },
  };
}
