import { once } from 'node:events';
import { expect, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import type { ApiClient, LiveMessage } from '../../src/tools/api-client.ts';
import { eventually } from './candidate.ts';

/** Somebody on an attempt's live channel, with everything that was heard, in order. */
export class LiveWatcher {
  readonly heard: LiveMessage[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<{ code: number; reason: string }>;

  /** @param onMessage called with each message as it arrives. */
  constructor(socket: WebSocket, onMessage: (message: LiveMessage) => void = () => undefined) {
    this.socket = socket;
    this.closed = once(socket, 'close').then(([code, reason]) => ({ code, reason: String(reason) }));
    socket.on('message', (data) => {
      const message = JSON.parse(String(data)) as LiveMessage;
      this.heard.push(message);
      onMessage(message);
    });
    onTestFinished(() => socket.terminate());
  }

  /** Data of all messages of one type. */
  all(type: string): Record<string, unknown>[] {
    return this.heard.filter((message) => message.type === type).map(({ data }) => data);
  }

  get acknowledged(): unknown[] {
    return this.all('event_ack').map(({ sequence_number }) => sequence_number);
  }

  /** The first message of a type that fits, if need be once it arrives. */
  hears(type: string, fits: (data: Record<string, unknown>) => boolean = () => true) {
    return eventually(`a message ${type}`, async () => this.all(type).find(fits));
  }

  /** Sends and waits for the pong that comes after all that was sent before it. */
  async isUpToDate(): Promise<void> {
    const before = this.all('pong').length;
    this.send({ type: 'ping' });
    await eventually('a pong', async () => (this.all('pong').length > before ? true : undefined));
  }

  send(message: unknown): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  async close(): Promise<void> {
    this.socket.close();
    await this.closed;
  }
}

/** Connects and waits for the first `attempt_state`. */
export async function watch(
  api: ApiClient,
  attempt_id: string,
  since?: number,
  onMessage?: (message: LiveMessage) => void,
): Promise<LiveWatcher> {
  const watcher = new LiveWatcher(api.watch(attempt_id, since), onMessage);
  await watcher.hears('attempt_state');
  return watcher;
}

/** What a socket is closed with that should not be served. */
export async function closing(socket: WebSocket): Promise<{ code: number; reason: string }> {
  const watcher = new LiveWatcher(socket);
  const closed = await watcher.closed;
  expect(watcher.heard).toEqual([]);
  expect(closed.reason).not.toBe('');
  return closed;
}
