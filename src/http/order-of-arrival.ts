import type { Socket } from 'node:net';
import type { Step } from './routes.ts';

/**
 * Step: handles the requests of one connection one after the other. With HTTP pipelining a client sends requests
 * without waiting for answers, and a later event must not overtake an earlier one on its way to the mailbox.
 */
export function inOrderOfArrival(): Step {
  const last = new WeakMap<Socket, Promise<unknown>>();
  return (ctx, next) => {
    const { socket } = ctx.req;
    const before = last.get(socket);
    const handled = before === undefined ? next() : before.then(next);
    last.set(socket, handled.then(forget, forget));
    return handled;
  };
}

const forget = () => undefined;
