import type { Socket } from 'node:net';
import type { BareContext } from './context.ts';

/** For each connection, what is to be done if it closes before the answers to its requests have been sent. */
const unanswered = new WeakMap<Socket, Set<() => void>>();

/**
 * Calls `done` once, when the operating system has taken the whole answer or the connection has closed. The response
 * itself does not tell the second if it still waits for the answer to an earlier request on the connection.
 */
export function whenAnswered({ req, res }: Pick<BareContext, 'req' | 'res'>, done: () => void): void {
  const { socket } = req;
  if (socket.destroyed) {
    done();
    return;
  }
  const waiting = unanswered.get(socket) ?? listenForClose(socket);
  const end = () => {
    if (waiting.delete(end)) done();
  };
  waiting.add(end);
  res.once('finish', end);
}

function listenForClose(socket: Socket): Set<() => void> {
  const waiting = new Set<() => void>();
  unanswered.set(socket, waiting);
  socket.once('close', () => {
    for (const end of waiting) end();
  });
  return waiting;
}
