import { connect, type Socket } from 'node:net';

/** The parts of an answer that the benchmarks use. */
export interface Answer {
  status: number;
  body: string;
}

/**
 * One keep-alive connection that sends a request and waits for its answer. It uses a plain socket and no HTTP library,
 * because the client shares two processor cores with the server that it measures.
 */
export class Lane {
  readonly #socket: Socket;
  readonly #host: string;
  #received = '';
  #resolve: ((answer: Answer) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.setNoDelay(true).setEncoding('latin1');
    socket.on('data', (text: string) => this.#receive(text));
    socket.on('close', () => this.#reject?.(new Error('The connection was closed')));
    socket.on('error', (error) => this.#reject?.(error));
  }

  static open(url: string): Promise<Lane> {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new Lane(socket, host)));
      socket.once('error', reject);
    });
  }

  /** @param token for none `''` @param body ASCII */
  send(method: string, path: string, token: string, body = ''): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#socket.destroyed) reject(new Error('The connection was closed before the request'));
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${token && `Authorization: Bearer ${token}\r\n`}` +
          `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
        'latin1',
      );
    });
  }

  /** Like `send`. @throws Error for any status from 300 on. */
  async expect(method: string, path: string, token: string, body = ''): Promise<string> {
    const answer = await this.send(method, path, token, body);
    if (answer.status >= 300)
      throw new Error(`${method} ${path}: ${answer.status} ${answer.body} to ${body}`);
    return answer.body;
  }

  close(): void {
    this.#reject = undefined;
    this.#socket.destroy();
  }

  #receive(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const length = /content-length: (\d+)/i.exec(this.#received.slice(0, end))?.[1];
    const whole = end + 4 + Number(length ?? 0);
    if (this.#received.length < whole) return;
    const answer = {
      status: Number(this.#received.slice(9, 12)),
      body: this.#received.slice(end + 4, whole),
    };
    this.#received = this.#received.slice(whole);
    this.#resolve?.(answer);
  }
}
