import { expect } from 'vitest';
import { WebSocket } from 'ws';
import type { ApiClient, LiveMessage } from '../../src/tools/api-client.ts';
import { atTheEnd } from './at-the-end.ts';
import { eventually } from './eventually.ts';
import { heard } from './heard.ts';

/** A client on an attempt's live channel, with all messages it received, in order. */
export class LiveWatcher {
  readonly heard: LiveMessage[] = [];
  readonly socket: WebSocket;
  /** The close code; 1006 if the connection failed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  #failure: Error | undefined;

  /** @param onMessage called with each message as it arrives. */
  constructor(socket: WebSocket, onMessage: (message: LiveMessage) => void = () => undefined) {
    this.socket = socket;
    this.closed = new Promise((resolve) => {
      socket.once('close', (code, reason) => resolve({ code, reason: String(reason) }));
    });
    socket.on('error', (error) => {
      this.#failure = error;
    });
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      this.heard.push(message);
      heard.onMessage(message);
      onMessage(message);
    });
  }

  get isOpen(): boolean {
    return this.socket.readyState === WebSocket.OPEN;
  }

  /** Data of all messages of one type. */
  all(type: string): Record<string, unknown>[] {
    return this.heard.filter((message) => message.type === type).map(({ data }) => data);
  }

  get acknowledged(): unknown[] {
    return this.all('event_ack').map(({ sequence_number }) => sequence_number);
  }

  /** The first message of a type that fits; waits for it if necessary. */
  hears(
    type: string,
    fits: (data: Record<string, unknown>) => boolean = () => true,
  ): Promise<Record<string, unknown>> {
    return eventually(() => {
      const data = this.all(type).find(fits);
      if (data) return data;
      const types = this.heard.map((message) => message.type).join(', ');
      throw this.#failure ?? new Error(`No such ${type} was heard, but: ${types}`);
    });
  }

  /** Sends a ping and waits for the pong, which arrives after everything sent before it. */
  async isUpToDate(): Promise<void> {
    const before = this.all('pong').length;
    this.send({ type: 'ping' });
    await eventually(() => expect(this.all('pong').length).toBeGreaterThan(before));
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }

  /** Loses the connection without closing it, as on a train in a tunnel. */
  drop(): void {
    this.socket.terminate();
  }
}

/** Connects to a socket; the connection is dropped at the end. */
export function listen(socket: WebSocket, onMessage?: (message: LiveMessage) => void): LiveWatcher {
  const watcher = new LiveWatcher(socket, onMessage);
  atTheEnd(() => watcher.drop());
  return watcher;
}

/** Connects and waits for the first `attempt_state`; the connection is dropped at the end. */
export async function watch(
  api: ApiClient,
  attempt_id: string,
  since?: number,
  onMessage?: (message: LiveMessage) => void,
): Promise<LiveWatcher> {
  const watcher = listen(api.watch(attempt_id, since), onMessage);
  await watcher.hears('attempt_state');
  return watcher;
}

/** The close code of a socket that should not be served. */
export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const watcher = listen(socket);
  const closed = await watcher.closed;
  expect(watcher.heard).toEqual([]);
  expect(closed.reason).not.toBe('');
  return closed;
}
