import { fstatSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Bytes that may wait for a slow reader of the log; lines beyond them are dropped. */
const MAX_WAITING_BYTES = 256 * 1024;
/** Milliseconds between two attempts to say how many lines were dropped, while no new line comes. */
const RETRY_MS = 5000;

/** Where lines can be written to without ever waiting for them. */
interface Sink {
  /** @returns whether the whole line was taken */
  write(line: string): boolean;
  /** Whether it is a terminal. */
  readonly isTerminal?: boolean;
}

/**
 * The server's standard output. A full disk under it, a reader that has stopped reading and one that has gone must
 * never hold the server up or end it: lines that find no room are dropped and counted, and the number is logged as soon
 * as there is room again.
 */
export class LogOutput {
  readonly #sink: Sink;
  #dropped = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(sink: Sink = standardOutput()) {
    this.#sink = sink;
  }

  /** Whether somebody reads along in a terminal. */
  get isTerminal(): boolean {
    return this.#sink.isTerminal === true;
  }

  write(line: string): void {
    if (this.#reportDropped() && this.#sink.write(line)) return;
    this.#dropped += 1;
    this.#retry ??= setInterval(() => this.#reportDropped(), RETRY_MS).unref();
  }

  /** @returns whether there is nothing left to report */
  #reportDropped(): boolean {
    if (this.#dropped === 0) return true;
    const msg = `${this.#dropped} log lines were dropped: the disk under the log was full, or nobody read it.`;
    const report = { level: 40, time: new Date().toISOString(), dropped: this.#dropped, msg };
    if (!this.#sink.write(`${JSON.stringify(report)}\n`)) return false;
    this.#dropped = 0;
    clearInterval(this.#retry);
    this.#retry = undefined;
    return true;
  }
}

/** Files take a line at once or fail at once; everything else may have a reader that lets it wait. */
function standardOutput(): Sink {
  const isFile = fstatSync(1).isFile() || (fstatSync(1).isCharacterDevice() && !isatty(1));
  return isFile ? new FileSink(1) : new StreamSink(process.stdout);
}

/** Writes to a file as pino does, synchronously, so that nothing is lost when the process ends. */
export class FileSink implements Sink {
  readonly #fd: number;
  /** Whether the last line was cut by a disk that became full. */
  #isCut = false;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(line: string): boolean {
    let rest = Buffer.from(this.#isCut ? `\n${line}` : line);
    try {
      while (rest.length > 0) {
        const written = writeSync(this.#fd, rest);
        rest = rest.subarray(written);
        this.#isCut = rest.length > 0;
      }
      return true;
    } catch {
      return false;
    }
  }
}

/** Writes to a pipe, a socket or a terminal, as far as its reader keeps up. */
export class StreamSink implements Sink {
  readonly #stream: NodeJS.WritableStream & { readonly writableLength: number };
  readonly isTerminal = isatty(1);
  #isGone = false;

  constructor(stream: NodeJS.WritableStream & { readonly writableLength: number }) {
    this.#stream = stream;
    // Without a listener the error of a reader that has gone would end the process.
    stream.on('error', () => {
      this.#isGone = true;
    });
  }

  write(line: string): boolean {
    if (this.#isGone || this.#stream.writableLength + line.length > MAX_WAITING_BYTES) return false;
    this.#stream.write(line);
    return true;
  }
}
