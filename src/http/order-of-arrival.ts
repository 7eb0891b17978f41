import type { Socket } from 'node:net';
import type { Step } from './routes.ts';

/**
 * Step: requests that arrive on one connection without waiting for the answers (HTTP pipelining) are
 * handled one after the other, so that a later event never overtakes an earlier one on its way to the mailbox.
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
