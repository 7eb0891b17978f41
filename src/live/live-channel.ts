import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { App, MiddlewareContext } from 'koa-websocket';
import type { Logger } from 'pino';
import { DatabaseUnavailable, forbidden, malformedRequest } from '../errors.ts';
import { asRefusal } from '../http/as-refusal.ts';
import { asksForWebSocket, otherUpgradesOf } from '../http/other-upgrades.ts';
import type { RateLimits } from '../http/rate-limits.ts';
import { rawProblem } from '../http/raw-response.ts';
import { originForm } from '../http/request-target.ts';
import { Periodic } from '../periodic.ts';
import { type Admission, type AdmissionServices, admit, readTarget } from './admission.ts';
import { AttemptWatcher } from './attempt-watcher.ts';
import { CLOSE, closeCodeOf } from './close-codes.ts';
import { LiveSocket } from './live-socket.ts';
import { UpgradedConnection } from './upgraded-connection.ts';
import type { LiveSources } from './watch-sources.ts';

export interface LiveServices extends AdmissionServices {
  sources: LiveSources;
  /** Whether a browser page of this origin may connect; `host` is the server's own name in the browser's request. */
  isAllowedOrigin(origin: string, host: string | undefined): boolean;
  limits: Pick<RateLimits, 'connection' | 'messages' | 'findById'>;
  log: Logger;
}

/** A larger message ends the connection before it is read; a smaller one that is still too large gets an error. */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const PING_INTERVAL_MS = 25_000;
const CHECKED_AT_ONCE = 20;
/** What is settled before a handshake is answered: a watcher that has its place, or why there is none. */
type Outcome = { admission: Admission; watcher: AttemptWatcher } | { error: unknown };

/**
 * The WebSocket side of the app. A client that sees its socket open may post at once and must hear of it, so its rights
 * and its place in the journal are settled before the handshake is answered. Browsers do not show a page the HTTP status
 * of a failed handshake, so a refused connection is accepted and then closed with a code and a reason.
 */
export class LiveChannel {
  readonly #services: LiveServices;
  readonly #app: App;
  readonly #sockets = new Map<LiveSocket, Admission>();
  /** The outcome for each request whose handshake is being answered. */
  readonly #outcomes = new WeakMap<IncomingMessage, Outcome>();
  readonly #heartbeat: Periodic;
  #closing = false;

  constructor(app: App, services: LiveServices) {
    this.#app = app;
    this.#services = services;
    app.ws.listen({ noServer: true, maxPayload: MAX_PAYLOAD_BYTES, perMessageDeflate: false });
    app.ws.use((ctx) => this.#serve(ctx));
    this.#heartbeat = new Periodic('Checking live connections', PING_INTERVAL_MS, services.log, () =>
      this.#checkAll(),
    );
    this.#heartbeat.start();
  }

  /** How many sockets are open. */
  get size(): number {
    return this.#sockets.size;
  }

  /**
   * Handles the upgrade requests of an HTTP server; only WebSocket is known here. A page of another origin gets 403 and
   * no socket.
   */
  attach(server: Server): void {
    const answerWithoutUpgrade = otherUpgradesOf(server);
    server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
      if (!asksForWebSocket(request)) {
        answerWithoutUpgrade(request, stream, head);
        return;
      }
      // A list of protocols is more than ws takes.
      request.headers.upgrade = 'websocket';
      const connection = new UpgradedConnection(stream, head);
      this.#upgrade(request, connection).catch((error: unknown) =>
        connection.end(rawProblem(asRefusal(error))),
      );
    });
  }

  /** @throws Refusal if there is no handshake */
  async #upgrade(request: IncomingMessage, connection: UpgradedConnection): Promise<void> {
    const target = originForm(request.url);
    if (target === undefined) throw malformedRequest('The request target is not a path on this server.');
    request.url = target;
    const { origin, host } = request.headers;
    if (origin !== undefined && !this.#services.isAllowedOrigin(origin, host)) {
      throw forbidden('Pages of this origin are not allowed to connect.');
    }
    await this.#services.limits.connection(request);
    const outcome = await this.#prepare(target, connection.gone);
    // Nobody waits for an answer any more.
    if (!outcome || connection.gone.aborted) return;
    this.#outcomes.set(request, outcome);
    const sockets = this.#app.ws.server;
    connection.handOver((stream, head) =>
      sockets?.handleUpgrade(request, stream, head, (socket) => {
        try {
          sockets.emit('connection', socket, request);
        } catch (err) {
          // koa-websocket throws on some requests, and nothing else would catch that.
          this.#services.log.warn({ err }, 'A socket could not be served');
          socket.terminate();
        }
      }),
    );
  }

  /**
   * Never rejects. The watcher stops when the connection ends, whether or not it has become a socket by then.
   * @returns undefined if the connection ended before it was its turn
   */
  async #prepare(target: string, gone: AbortSignal): Promise<Outcome | undefined> {
    const { sources } = this.#services;
    try {
      const request = readTarget(target);
      return await sources.admissions.run(request.token, gone, async () => {
        const admission = await admit(request, this.#services, gone);
        const { attempt_id, since, caller } = admission;
        const watcher = await AttemptWatcher.at(attempt_id, since, sources.sourcesFor(caller.user_id, gone));
        gone.addEventListener('abort', () => watcher.stop());
        // Then that event has come already.
        if (gone.aborted) watcher.stop();
        return { admission, watcher };
      });
    } catch (error) {
      return { error };
    }
  }

  /** Closes the sockets of an attempt whose access tokens were replaced by a newer one. */
  checkTokensOf(attempt_id: string): void {
    for (const [socket, admission] of this.#sockets) {
      if (admission.attempt_id === attempt_id) void this.#checkToken(socket, admission.token);
    }
  }

  /** Closes every socket with 1012, so that front ends connect again elsewhere. */
  close(): void {
    this.#closing = true;
    void this.#heartbeat.stop();
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
    const { admission, watcher } = outcome;
    this.#sockets.set(socket, admission);
    await watcher.start(socket, fail).catch(fail);
  }

  /** Takes the sockets in small groups, because there may be thousands. */
  async #checkAll(): Promise<void> {
    const all = [...this.#sockets];
    for (const group of groupsOf(all, CHECKED_AT_ONCE)) {
      for (const [socket] of group) socket.checkAlive();
      await setImmediate();
    }
    for (const group of groupsOf(all, CHECKED_AT_ONCE)) {
      if (this.#closing) return;
      await Promise.all(group.map(([socket, { token }]) => this.#checkToken(socket, token)));
    }
  }

  /** Closes a socket whose token is no longer valid: expired, replaced by a newer one, or of a deactivated account. */
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

function* groupsOf<T>(all: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < all.length; start += size) yield all.slice(start, start + size);
}
