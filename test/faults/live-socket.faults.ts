import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { LiveSocket, MAX_BUFFERED_BYTES } from '../../src/live/live-socket.ts';

/** A connection that accepts everything and delivers nothing. */
class DeadPeer extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  readonly ping = vi.fn();
  readonly terminate = vi.fn(() => this.emit('close'));
  readonly close = vi.fn(() => {
    this.readyState = 2;
  });
  send(text: string): void {
    this.bufferedAmount += text.length;
  }
}

const messages = { points: Number.POSITIVE_INFINITY, seconds: 1 };
/** As the live channel calls `checkAlive`. */
const PING_INTERVAL_MS = 25_000;

function connected() {
  const peer = new DeadPeer();
  const connection = new PassThrough();
  const onClosed = vi.fn();
  const socket = new LiveSocket(peer as unknown as WebSocket, connection, messages, onClosed);
  /** Leaves so much unread that the socket has no room. */
  const fill = () => void connection.write('x'.repeat(100_000));
  return { peer, connection, onClosed, socket, fill };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a peer that', () => {
  it('does not read is closed with 4408 once more than 1 MiB waits, and cut when it does not answer', () => {
    const { peer, onClosed, socket } = connected();
    while (peer.close.mock.calls.length === 0) socket.send({ type: 'pong', data: {} });
    expect(peer.close).toHaveBeenCalledWith(4408, expect.any(String));
    expect(peer.bufferedAmount).toBeGreaterThan(MAX_BUFFERED_BYTES);
    const { bufferedAmount } = peer;
    for (let n = 0; n < 1000; n++) socket.send({ type: 'pong', data: {} });
    expect(peer.bufferedAmount).toBe(bufferedAmount);
    vi.advanceTimersByTime(3000);
    expect(peer.terminate).toHaveBeenCalledOnce();
    expect(onClosed).toHaveBeenCalledOnce();
  });

  it('takes nothing of a backlog for 10 s is closed with 4408, whatever it sends', async () => {
    const { peer, socket, fill } = connected();
    fill();
    const room = socket.room();
    for (let second = 0; second < 10; second++) {
      expect(peer.close).not.toHaveBeenCalled();
      peer.emit('pong', Buffer.from(''));
      vi.advanceTimersByTime(1000);
    }
    expect(peer.close).toHaveBeenCalledWith(4408, expect.any(String));
    await room;
    expect(peer.listenerCount('pong')).toBe(1);
  });

  it('takes a backlog slowly is kept, and gets more once there is room', async () => {
    const { peer, connection, socket, fill } = connected();
    fill();
    let hasRoom = false;
    for (let n = 1; n <= 10; n++) {
      hasRoom = false;
      const room = socket.room().then(() => {
        hasRoom = true;
      });
      vi.advanceTimersByTime(9000);
      // It has read up to the latest ping.
      peer.emit('pong', Buffer.from(String(n)));
      vi.advanceTimersByTime(9000);
      await Promise.resolve();
      expect(hasRoom).toBe(false);
      connection.emit('drain');
      await room;
    }
    expect(peer.close).not.toHaveBeenCalled();
    expect(peer.ping).toHaveBeenCalledTimes(10);
  });

  it('is not there any more is dropped within 60 s', () => {
    const { peer, socket } = connected();
    const heartbeat = setInterval(() => socket.checkAlive(), PING_INTERVAL_MS);
    vi.advanceTimersByTime(60_000);
    clearInterval(heartbeat);
    expect(peer.terminate).toHaveBeenCalledOnce();
  });

  it('answers pings is kept', () => {
    const { peer, socket } = connected();
    peer.ping.mockImplementation(() => void peer.emit('pong'));
    for (let n = 0; n < 20; n++) socket.checkAlive();
    expect(peer.terminate).not.toHaveBeenCalled();
    expect(peer.ping).toHaveBeenCalledTimes(20);
  });
});
