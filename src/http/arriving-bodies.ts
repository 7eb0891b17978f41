import type { IncomingMessage } from 'node:http';
import type { ClientAddresses } from './client-address.ts';
import type { BareContext, Next } from './context.ts';
import { countedAs } from './counted-as.ts';
import { HeldBytes } from './held-bytes.ts';

/** Bytes of all bodies that have not arrived completely. */
const ARRIVING_BYTES = 32 * 1024 * 1024;
/** Smaller bodies do not count: all connections together can make the server hold only a few of them. */
const SMALL_BYTES = 4 * 1024;
/** No body may be larger than a batch. */
const LARGEST_BYTES = 1024 * 1024;
/** For a body that does not say how large it is. */
const USUAL_BYTES = 64 * 1024;

/**
 * Middleware: bounds what bodies that arrive slowly can make the server hold. The caller of whom most is arriving loses
 * the connection of the oldest.
 */
export function boundArrivingBodies(clients: ClientAddresses) {
  const arriving = new HeldBytes(ARRIVING_BYTES);
  return (ctx: BareContext, next: Next): Promise<unknown> => {
    const { req } = ctx;
    const bytes = announcedBytes(req);
    if (bytes > SMALL_BYTES && !req.complete) {
      const release = arriving.hold(countedAs(ctx, clients), bytes, () => req.socket.destroy());
      // Comes when the body has been read, and also when the connection ends before that.
      req.once('close', release);
    }
    return next();
  };
}

function announcedBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return USUAL_BYTES;
  return Math.min(Number(headers['content-length'] ?? 0), LARGEST_BYTES);
}
