import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { App, MiddlewareContext } from 'koa-websocket';
import pLimit from 'p-limit';
import type { Logger } from 'pino';
import { z } from 'zod';
import { findReadable } from '../attempts/access.ts';
import type { AttemptStore } from '../attempts/stored/attempt-store.ts';
import { DatabaseUnavailable, forbidden, malformedRequest, notAuthenticated, notFound } from '../errors.ts';
import { lenientWholeNumber, objectIdString } from '../fields.ts';
import { asRefusal } from '../http/as-refusal.ts';
import type { IdentifyCaller } from '../http/authenticate.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { rawProblem } from '../http/raw-response.ts';
import { originForm } from '../http/request-target.ts';
import { AttemptWatcher, type WatchSources } from './attempt-watcher.ts';
import { CLOSE, closeCodeOf } from './close-codes.ts';
import { LiveSocket } from './live-socket.ts';

export interface LiveServices {
  identify: IdentifyCaller;
  attempts: AttemptStore;
  sources: WatchSources;
  /** Whether a browser page of this origin may connect; `host` is the server's own name in the browser's request. */
  isAllowedOrigin(origin: string, host: string | undefined): boolean;
  limits: Pick<RateLimits, 'connection' | 'messages'>;
  log: Logger;
}

/** A larger message ends the connection before it is read; a smaller one that is still too large gets an error. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 25_000;
/** How many sockets may start at once; fewer than there are connections to the database. */
const BEGINNING_AT_ONCE = 6;

const query = z.object({
  token: z.string().optional(),
  since: lenientWholeNumber(0).optional(),
});

/**
 * The WebSocket side of the app. koa-websocket accepts a connection before anything is checked and leaves it
 * open if a handler throws, so the handler here closes every socket that it cannot serve.
 */
export class LiveChannel {
  readonly #services: LiveServices;
  readonly #app: App;
  /** Each socket with the token it was opened with. */
  readonly #sockets = new Map<LiveSocket, string>();
  /** After a restart all front ends reconnect at once; candidates' events must not wait behind all of them. */
  readonly #begin = pLimit(BEGINNING_AT_ONCE);
  readonly #heartbeat: NodeJS.Timeout;
  #closing = false;

  constructor(app: App, services: LiveServices) {
    this.#app = app;
    this.#services = services;
    app.ws.listen({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });
    app.ws.use((ctx) => this.#serve(ctx));
    this.#heartbeat = setInterval(() => {
      for (const [socket, token] of this.#sockets) {
        socket.checkAlive();
        void this.#checkToken(socket, token);
      }
    }, PING_INTERVAL_MS).unref();
  }

  /** Handles the upgrade requests of an HTTP server. A page of another origin gets 403 and no socket. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      // Node no longer listens for errors of this connection, and an unhandled one would end the process.
      connection.on('error', () => connection.destroy());
      const target = originForm(request.url);
      if (target === undefined) {
        connection.end(rawProblem(malformedRequest('The request target is not a path on this server.')));
        return;
      }
      request.url = target;
      const { origin, host } = request.headers;
      if (origin !== undefined && !this.#services.isAllowedOrigin(origin, host)) {
        connection.end(rawProblem(forbidden('Pages of this origin are not allowed to connect.')));
        return;
      }
      this.#services.limits.connection(request).then(
        () => this.#upgrade(request, connection, head),
        (error: unknown) => connection.end(rawProblem(asRefusal(error))),
      );
    });
  }

  #upgrade(request: IncomingMessage, connection: Duplex, head: Buffer): void {
    const sockets = this.#app.ws.server;
    sockets?.handleUpgrade(request, connection, head, (socket) => {
      try {
        sockets.emit('connection', socket, request);
      } catch (err) {
        // koa-websocket throws on some requests, and nothing else would catch that.
        this.#services.log.warn({ err }, 'A socket could not be served');
        socket.terminate();
      }
    });
  }

  /** Closes every socket with 1012, so that front ends connect again elsewhere. */
  close(): void {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    for (const socket of this.#sockets.keys())
      socket.close(CLOSE.serviceRestart, 'The server is restarting.');
  }

  async #serve(ctx: MiddlewareContext<object>): Promise<void> {
    // Paused until all listeners are attached, so that no early message is lost.
    ctx.websocket.pause();
    let watcher: AttemptWatcher | undefined;
    const { messages } = this.#services.limits;
    const socket = new LiveSocket(ctx.websocket, ctx.req.socket, messages, () => {
      watcher?.stop();
      this.#sockets.delete(socket);
    });
    this.#sockets.set(socket, String(ctx.query['token'] ?? ''));
    const fail = (error: unknown) => this.#closeFor(socket, error);
    if (this.#closing) {
      ctx.websocket.resume();
      socket.close(CLOSE.serviceRestart, 'The server is restarting.');
      return;
    }
    try {
      const { attempt_id, since } = await this.#begin(() => this.#admit(ctx));
      if (!socket.isOpen) return;
      const watching = new AttemptWatcher(
        attempt_id,
        this.#services.sources,
        (message) => socket.send(message),
        fail,
      );
      watcher = watching;
      ctx.websocket.resume();
      await this.#begin(() => watching.start(since));
    } catch (error) {
      ctx.websocket.resume();
      fail(error);
    }
  }

  /** Closes a socket whose token has expired or whose account has been deactivated since it was opened. */
  async #checkToken(socket: LiveSocket, token: string): Promise<void> {
    try {
      await this.#services.identify(token);
    } catch (error) {
      if (asRefusal(error).status === 401) this.#closeFor(socket, error);
    }
  }

  /** @throws Refusal 400, 401, 403 or 404 if the caller may not watch the attempt in the path. */
  async #admit(ctx: MiddlewareContext<object>): Promise<{ attempt_id: string; since: number | undefined }> {
    const { identify, attempts } = this.#services;
    const attempt_id = /^\/ws\/attempts\/([^/]+)$/.exec(ctx.path)?.[1];
    if (!attempt_id) throw notFound('Connect to /ws/attempts/{attempt_id}.');
    const parsed = query.safeParse({ ...ctx.query });
    if (!parsed.success) throw malformedRequest('since must be a whole number, 0 or more.');
    const { token, since } = parsed.data;
    if (!token) throw notAuthenticated('Connect with ?token=…');
    const caller = await identify(token);
    if (!objectIdString.safeParse(attempt_id).success) throw notFound('There is no such attempt.');
    const attempt = await findReadable(attempts, caller, attempt_id);
    if (!attempt) throw notFound('There is no such attempt.');
    return { attempt_id, since };
  }

  #closeFor(socket: LiveSocket, error: unknown): void {
    const refusal = asRefusal(error);
    if (refusal.status === 500)
      this.#services.log.error({ err: refusal.cause ?? error }, 'A socket was closed because of an error');
    // Nothing is stored for a socket, so there is nothing to say about that.
    const isAway = refusal instanceof DatabaseUnavailable;
    const reason = isAway ? 'The database did not answer; connect again shortly.' : refusal.message;
    socket.close(closeCodeOf(refusal.status), reason);
  }
}
