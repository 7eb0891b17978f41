import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { App, MiddlewareContext } from 'koa-websocket';
import type { Logger } from 'pino';
import { DatabaseUnavailable, forbidden, malformedRequest } from '../errors.ts';
import { asRefusal } from '../http/as-refusal.ts';
import { answerWithoutUpgrade, asksForWebSocket } from '../http/other-upgrades.ts';
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
/** What is settled before a handshake is answered: a watcher that has its place, or why there is none. */
type Outcome = { token: string; watcher: AttemptWatcher } | { error: unknown };

/**
 * The WebSocket side of the app. A client that sees its socket open may post at once and must hear of it, so its rights
 * and its place in the journal are settled before the handshake is answered. Browsers do not show a page the HTTP status
 * of a failed handshake, so a refused connection is accepted and then closed with a code and a reason.
 */
export class LiveChannel {
  readonly #services: LiveServices;
  readonly #app: App;
  /** Each socket with the token it was opened with. */
  readonly #sockets = new Map<LiveSocket, string>();
  /** The outcome for each request whose handshake is being answered. */
  readonly #outcomes = new WeakMap<IncomingMessage, Outcome>();
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

  /** Handles the upgrade requests of an HTTP server; only WebSocket is known here. A page of another origin gets 403 and no socket. */
  attach(server: Server): void {
    server.on('upgrade', (request: IncomingMessage, connection: Duplex, head: Buffer) => {
      if (!asksForWebSocket(request)) {
        answerWithoutUpgrade(server, request, connection, head);
        return;
      }
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
        () => this.#upgrade(request, target, connection, head),
        (error: unknown) => connection.end(rawProblem(asRefusal(error))),
      );
    });
  }

  async #upgrade(request: IncomingMessage, target: string, connection: Duplex, head: Buffer): Promise<void> {
    this.#outcomes.set(request, await this.#prepare(target, connection));
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

  /** Never rejects. The watcher stops when the connection ends, whether or not it has become a socket by then. */
  async #prepare(target: string, connection: Duplex): Promise<Outcome> {
    const { sources } = this.#services;
    try {
      const { token, watcher } = await sources.inTurn(async () => {
        const { attempt_id, token, since } = await admit(target, this.#services);
        return { token, watcher: await AttemptWatcher.at(attempt_id, since, sources) };
      });
      connection.once('close', () => watcher.stop());
      // Then that event may have come already.
      if (connection.destroyed) watcher.stop();
      return { token, watcher };
    } catch (error) {
      return { error };
    }
  }

  /** Closes every socket with 1012, so that front ends connect again elsewhere. */
  close(): void {
    this.#closing = true;
    clearInterval(this.#heartbeat);
    for (const socket of this.#sockets.keys())
      socket.close(CLOSE.serviceRestart, 'The server is restarting.');
  }

  async #serve(ctx: MiddlewareContext<object>): Promise<void> {
    const { messages } = this.#services.limits;
    const socket = new LiveSocket(ctx.websocket, ctx.req.socket, messages, () => {
      this.#sockets.delete(socket);
    });
    if (this.#closing) {
      socket.close(CLOSE.serviceRestart, 'The server is restarting.');
      return;
    }
    const fail = (error: unknown) => this.#closeFor(socket, error);
    const outcome = this.#outcomes.get(ctx.req);
    if (!outcome || 'error' in outcome) {
      fail(outcome?.error);
      return;
    }
    const { token, watcher } = outcome;
    this.#sockets.set(socket, token);
    await watcher.start(socket, fail).catch(fail);
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
