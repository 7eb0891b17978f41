import type { WebSocket } from 'ws';
import type { ApiClient, LiveMessage } from '../api-client.ts';
import { DemoProblem } from './problem.ts';

/** Milliseconds after which something that should have come over the socket is missed. */
const PATIENCE_MS = 20_000;

interface Waiter {
  condition: () => boolean;
  resolve: () => void;
  reject: (error: unknown) => void;
}

/**
 * An attempt's live channel over one socket at a time. Closed and opened again it goes on after the last event it
 * told, as a front end does that lost its connection.
 */
export class LiveFeed {
  readonly #client: ApiClient;
  readonly #attempt_id: string;
  readonly #tell: (message: LiveMessage) => void;
  readonly #waiters = new Set<Waiter>();
  #socket: WebSocket | undefined;
  #inStep = false;
  #resultsReady = false;
  #lastEvent = 0;
  /** Why the socket was closed by the other side. */
  #lost: DemoProblem | undefined;

  /** @param tell called with each message in its order. */
  constructor(client: ApiClient, attempt_id: string, tell: (message: LiveMessage) => void) {
    this.#client = client;
    this.#attempt_id = attempt_id;
    this.#tell = tell;
  }

  /** Number of the last event that was acknowledged over the socket. */
  get lastEvent(): number {
    return this.#lastEvent;
  }

  get resultsReady(): boolean {
    return this.#resultsReady;
  }

  /** Connects, and resolves when everything that happened meanwhile was told. @throws DemoProblem */
  async open(): Promise<void> {
    const socket = this.#client.watch(this.#attempt_id, this.#lastEvent);
    this.#socket = socket;
    this.#inStep = false;
    let problem = '';
    socket.on('error', (error) => (problem = error.message));
    socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      const why = problem || `${code} ${reason}`.trim();
      this.#fail(new DemoProblem(`The live channel was closed: ${why}.`));
    });
    await this.until(() => this.#inStep, 'the attempt’s state');
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /**
   * Resolves as soon as `condition` holds; it is asked now and after each message.
   * @param what as in "waited for …", for the message where it does not come.
   * @throws DemoProblem after 20 s without it, or when the socket is closed.
   */
  async until(condition: () => boolean, what: string, signal?: AbortSignal): Promise<void> {
    if (condition()) return;
    if (this.#lost) throw this.#lost;
    let deadline: NodeJS.Timeout | undefined;
    let waiter: Waiter | undefined;
    let abort: (() => void) | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        waiter = { condition, resolve, reject };
        this.#waiters.add(waiter);
        abort = () => reject(signal?.reason);
        signal?.addEventListener('abort', abort);
        const missed = new DemoProblem(
          `The live channel did not tell ${what} within ${PATIENCE_MS / 1_000} s.`,
        );
        deadline = setTimeout(() => reject(missed), PATIENCE_MS);
      });
    } finally {
      clearTimeout(deadline);
      if (waiter) this.#waiters.delete(waiter);
      if (abort) signal?.removeEventListener('abort', abort);
    }
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'event_ack') this.#lastEvent = Number(message.data['sequence_number']);
    if (message.type === 'attempt_state') this.#inStep = true;
    if (message.type === 'metrics_ready') this.#resultsReady = true;
    this.#tell(message);
    for (const waiter of this.#waiters) if (waiter.condition()) waiter.resolve();
  }

  #fail(error: DemoProblem): void {
    this.#lost = error;
    for (const waiter of this.#waiters) waiter.reject(error);
  }
}
