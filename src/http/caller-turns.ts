import { Stream } from 'node:stream';
import pLimit from 'p-limit';
import { tooManyRequests } from '../errors.ts';
import type { ClientAddresses } from './client-address.ts';
import type { BareContext, Next } from './context.ts';
import { countedAs } from './counted-as.ts';
import { HeldBytes } from './held-bytes.ts';
import type { RateLimits } from './rate-limits.ts';
import { whenAnswered } from './when-answered.ts';

/** Requests of one caller that are at work at once. Answers that are not taken count as work. */
const AT_ONCE = 4;
/** How many more requests of one candidate may wait. */
const CANDIDATE_WAITING = 100;
/** The same of an account, for which tools may ask, or of an address, which a class without credentials may share. */
const OTHERS_WAITING = 1000;
/** How many requests may wait in all; beyond that only callers who have none waiting may add one. */
const WAITING_IN_ALL = 3000;
/** Reads that use the database at once: about half as many as it has connections, since some need two. */
const READS_AT_ONCE = 8;
/** Bytes of all answers that nobody has taken yet. */
const UNTAKEN_BYTES = 32 * 1024 * 1024;

interface TurnsServices {
  limits: Pick<RateLimits, 'read' | 'readAnswered'>;
  clients: ClientAddresses;
}

/**
 * Middleware: gives each caller a few requests at once, and lets the others wait for the caller's own ones. So neither a
 * flood of requests nor answers that are never read can take from others what they need. Events do not come here, because
 * they queue in their attempt's mailbox. Log-ins and redemptions, which have no caller yet, pass: they have limits of
 * their own, and those of a whole class must not wait for one that is slow.
 * @throws Refusal 429 if too many requests of the caller are waiting, or too many reads have come
 */
export function inTurns({ clients, limits }: TurnsServices) {
  const queues = new Map<string, Queue>();
  const reads = pLimit(READS_AT_ONCE);
  const untaken = new HeldBytes(UNTAKEN_BYTES);
  let waiting = 0;

  /** Waits for one of the caller's turns, which ends when the answer has been taken. */
  const takeTurn = async (ctx: BareContext, key: string) => {
    const queue = queues.get(key) ?? new Queue();
    const mayWait = ctx.state.caller?.kind === 'attempt' ? CANDIDATE_WAITING : OTHERS_WAITING;
    if (queue.waiting >= mayWait || (waiting >= WAITING_IN_ALL && queue.waiting > 0)) {
      throw tooManyRequests('Too many of your requests are unanswered; read the answers first.', {
        retry_after: 1,
      });
    }
    queues.set(key, queue);
    waiting += 1;
    await queue.enter();
    waiting -= 1;
    whenAnswered(ctx, () => {
      queue.leave();
      if (queue.isEmpty) queues.delete(key);
    });
  };

  return async (ctx: BareContext, next: Next): Promise<void> => {
    const isRead = ['GET', 'HEAD'].includes(ctx.method);
    if (!isRead && !ctx.state.caller) {
      await next();
      return;
    }
    const key = countedAs(ctx, clients);
    if (isRead) await limits.read(ctx.state.caller, key);
    await takeTurn(ctx, key);
    const { socket } = ctx.req;
    // Whoever has hung up meanwhile wants no answer.
    const work = async () => {
      if (!socket.destroyed) await next();
    };
    await (isRead ? reads(work) : work());
    const bytes = sizeOfAnswer(ctx);
    if (isRead) limits.readAnswered(ctx.state.caller, key, bytes);
    whenAnswered(
      ctx,
      untaken.hold(key, bytes, () => socket.destroy()),
    );
  };
}

/** One caller's requests: a few at once, the others in the order in which they came. */
class Queue {
  #free = AT_ONCE;
  readonly #waiting: (() => void)[] = [];

  get waiting(): number {
    return this.#waiting.length;
  }

  get isEmpty(): boolean {
    return this.#free === AT_ONCE;
  }

  async enter(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Passes the turn on to the next one. */
  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }
}

/** Bytes of the answer, which is written for that as it will be sent. */
function sizeOfAnswer(ctx: BareContext): number {
  const { body } = ctx;
  if (ctx.type === 'application/json' && typeof body === 'object' && !(body instanceof Stream)) {
    ctx.body = JSON.stringify(body);
  }
  return ctx.response.length ?? 0;
}
