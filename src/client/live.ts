import type { Socket } from './browser.ts';
import type { Connection } from './connection.ts';
import { Pauses } from './pauses.ts';
import type { LiveMessage } from './vocabulary.ts';

/** A socket without a message for so long is asked whether it still lives, and given up if it does not answer. */
const SILENCE_MS = 25_000;
/** Close codes after which another try would end in the same way: no right to watch, or nothing to watch. */
const FINAL = new Set([4400, 4403, 4404]);
const NOT_AUTHENTICATED = 4401;

const OPEN = 1;

export interface LiveServices {
  /** Opens a socket to an address. */
  connect(address: string): Socket;
  connection: Pick<Connection, 'liveAddress' | 'renewAccess'>;
  onMessage(message: LiveMessage): void;
}

/** The attempt's live channel. It comes back by itself and goes on where it was: no event is told twice or left out. */
export class Live {
  readonly #services: LiveServices;
  readonly #pauses = new Pauses();
  #since: number;
  #socket: Socket | undefined;
  #isClosed = false;

  /** @param since number of the last event that need not be told */
  constructor(services: LiveServices, since: number) {
    this.#services = services;
    this.#since = since;
    void this.#run();
  }

  /** Whether the channel is open now. */
  get isOpen(): boolean {
    return this.#socket?.readyState === OPEN;
  }

  /** Ends it for good. */
  close(): void {
    this.#isClosed = true;
    this.#pauses.end();
    this.#socket?.close();
  }

  /** Tries now what waits for its next try. */
  tryNow(): void {
    this.#pauses.end();
  }

  async #run(): Promise<void> {
    while (!this.#isClosed) {
      const code = await this.#connect();
      if (this.#isClosed || FINAL.has(code)) return;
      if (code === NOT_AUTHENTICATED && !(await this.#services.connection.renewAccess())) return;
      await this.#pauses.wait();
    }
  }

  /** @returns the close code, once the socket is closed */
  #connect(): Promise<number> {
    const { connect, connection } = this.#services;
    return new Promise((resolve) => {
      const socket = connect(connection.liveAddress(this.#since));
      this.#socket = socket;
      let isAsked = false;
      let silence: ReturnType<typeof setTimeout>;
      const end = (code: number) => {
        clearTimeout(silence);
        socket.onmessage = null;
        resolve(code);
      };
      const listen = () => {
        clearTimeout(silence);
        silence = setTimeout(() => {
          if (isAsked || socket.readyState !== OPEN) {
            // A socket whose connection is lost may take minutes to say that it is closed.
            socket.close();
            end(1006);
            return;
          }
          isAsked = true;
          socket.send('{"type":"ping"}');
          listen();
        }, SILENCE_MS);
      };
      socket.onmessage = ({ data }) => {
        isAsked = false;
        listen();
        this.#pauses.reset();
        this.#hear(JSON.parse(String(data)) as LiveMessage);
      };
      socket.onclose = ({ code }) => end(code);
      listen();
    });
  }

  #hear(message: LiveMessage): void {
    if (message.type === 'event_ack') this.#since = message.data.sequence_number;
    this.#services.onMessage(message);
  }
}
