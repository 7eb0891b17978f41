import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { App, MiddlewareContext } from 'koa-websocket';
import type { Logger } from 'pino';
import type { AttemptView } from '../attempts/session/feed.ts';
import { DatabaseUnavailable, forbidden, malformedRequest } from '../errors.ts';
import { asRefusal } from '../http/as-refusal.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { rawProblem } from '../http/raw-response.ts';
import { originForm } from '../http/request-target.ts';
import { type AdmissionServices, admit } from './admission.ts';
import { AttemptWatcher, type WatchSources } from './attempt-watcher.ts';
import { CLOSE, closeCodeOf } from './close-codes.ts';
import { LiveSocket } from './live-socket.ts';

export interface LiveServices extends AdmissionServices {
  sources: WatchSources;
  /** Whether a browser page of this origin may connect; `host` is the server's own name in the browser's request. */
  isAllowedOrigin(origin: string, host: string | undefined): boolean;
  limits: Pick<RateLimits, 'connection' | 'messages'>;
  log: Logger;
}

/** A larger message ends the connection before it is read; a smaller one that is still too large gets an error. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 25_000;
/** A caller who may watch an attempt, with a watcher that has taken its place. */
interface Guest {
  token: string;
  watcher: AttemptWatcher;
  view: AttemptView;
}

/**
 * The WebSocket side of the app. koa-websocket leaves a connection open if its handler throws, so the handler here
 * closes every socket that it cannot serve.
 */
export class LiveChannel {
  readonly #services: LiveServices;
  readonly #app: App;
  /** Each socket with the token it was opened with. */
  readonly #sockets = new Map<LiveSocket, string>();
  /** What was decided about each request before its handshake was answered. */
  readonly #outcomes = new WeakMap<IncomingMessage, Guest | { error: unknown }>();
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
      this.#services.limits
        .connection(request)
        .then(
          () => this.#receive(request, connection, head),
          (error: unknown) => connection.end(rawProblem(asRefusal(error))),
        )
        .catch((err: unknown) => {
          this.#services.log.warn({ err }, 'A handshake could not be answered');
          connection.destroy();
        });
    });
  }

  /**
   * Answers the handshake, also of who is refused: a browser shows its page only close codes and their reasons. Before
   * that, admission and place are fixed, so that everything posted after the client has seen `open` is told.
   */
  async #receive(request: IncomingMessage, connection: Duplex, head: Buffer): Promise<void> {
    const outcome = await this.#admit(request, connection).catch((error: unknown) => ({ error }));
    if (connection.destroyed) return;
    this.#outcomes.set(request, outcome);
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

  /** @throws Refusal as `admit` does, and any error of reading the attempt */
  async #admit(request: IncomingMessage, connection: Duplex): Promise<Guest> {
    const { sources } = this.#services;
    return sources.inTurn(async () => {
      const { attempt_id, token, since } = await admit(request, this.#services);
      const watcher = new AttemptWatcher(attempt_id, sources);
      connection.once('close', () => watcher.stop());
      // Then that event may have come already.
      if (connection.destroyed) watcher.stop();
      try {
        return { token, watcher, view: await watcher.takePlace(since) };
      } catch (error) {
        watcher.stop();
        throw error;
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
    const outcome = this.#outcomes.get(ctx.req) ?? { error: new Error('This socket was never admitted.') };
    const { messages } = this.#services.limits;
    const socket = new LiveSocket(ctx.websocket, ctx.req.socket, messages, () => {
      this.#sockets.delete(socket);
    });
    if (this.#closing) {
      socket.close(CLOSE.serviceRestart, 'The server is restarting.');
      return;
    }
    const fail = (error: unknown) => this.#closeFor(socket, error);
    if ('error' in outcome) {
      fail(outcome.error);
      return;
    }
    const { token, watcher, view } = outcome;
    this.#sockets.set(socket, token);
    await watcher.start(view, socket, fail).catch(fail);
  }

  /** Closes a socket whose token has expired or whose account has been deactivated since it was opened. */
  async #checkToken(socket: LiveSocket, token: string): Promise<void> {
    try {
      await this.#services.identify(token);
    } catch (error) {
      if (asRefusal(error).status === 401) this.#closeFor(socket, error);
    }
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
