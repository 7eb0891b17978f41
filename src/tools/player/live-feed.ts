import { EventEmitter, once } from 'node:events';
import type { WebSocket } from 'ws';
import type { ApiClient, LiveMessage } from '../api-client.ts';
import { Problem } from '../problem.ts';

/** Milliseconds after which something that should have come over the socket is missed. */
const PATIENCE_MS = 20_000;

/**
 * An attempt's live channel over one socket at a time. Closed and opened again it goes on after the last event it
 * told, as a front end does that lost its connection.
 */
export class LiveFeed {
  readonly #client: ApiClient;
  readonly #attempt_id: string;
  readonly #tell: (message: LiveMessage) => void;
  /** Emits `change` with each message, and when the other side closes the socket. */
  readonly #changes = new EventEmitter();
  #socket: WebSocket | undefined;
  #inStep = false;
  /** Why the socket was closed by the other side. */
  #lost: Problem | undefined;
  /** Number of the last event that was acknowledged over the socket. */
  lastEvent = 0;
  resultsReady = false;

  /** @param tell called with each message in its order. */
  constructor(client: ApiClient, attempt_id: string, tell: (message: LiveMessage) => void) {
    this.#client = client;
    this.#attempt_id = attempt_id;
    this.#tell = tell;
  }

  /** Connects, and resolves when everything that happened meanwhile was told. @throws Problem */
  async open(signal: AbortSignal): Promise<void> {
    const socket = this.#client.watch(this.#attempt_id, this.lastEvent);
    this.#socket = socket;
    this.#inStep = false;
    let problem = '';
    socket.on('error', (error) => (problem = error.message));
    socket.on('message', (data) => this.#hear(JSON.parse(String(data))));
    socket.on('close', (code, reason) => {
      if (this.#socket !== socket) return;
      this.#lost = new Problem(`The live channel was closed: ${problem || `${code} ${reason}`.trim()}.`);
      this.#changes.emit('change');
    });
    await this.until(() => this.#inStep, 'the attempt’s state', signal);
  }

  close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.close();
  }

  /**
   * Resolves as soon as `condition` holds; it is asked now and after each message.
   * @param what as in "did not tell …", for the message where it does not come.
   * @throws Problem after 20 s without it, or when the socket is closed; the signal's reason
   */
  async until(condition: () => boolean, what: string, signal: AbortSignal): Promise<void> {
    const patience = AbortSignal.timeout(PATIENCE_MS);
    const either = AbortSignal.any([signal, patience]);
    while (!condition()) {
      if (this.#lost) throw this.#lost;
      await once(this.#changes, 'change', { signal: either }).catch((error) => {
        if (!patience.aborted) throw error;
        throw new Problem(`The live channel did not tell ${what} within ${PATIENCE_MS / 1_000} s.`);
      });
    }
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'event_ack') this.lastEvent = Number(message.data['sequence_number']);
    if (message.type === 'attempt_state') this.#inStep = true;
    if (message.type === 'metrics_ready') this.resultsReady = true;
    this.#tell(message);
    this.#changes.emit('change');
  }
}
