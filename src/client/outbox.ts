import type { Connection } from './connection.ts';
import { Pauses } from './pauses.ts';
import { byteLength, isPassing, KEEPALIVE_BYTES, NoAnswer, Refused } from './requests.ts';
import type { Acknowledgement, PostedEvent } from './vocabulary.ts';

/** As many events as one batch may have. */
const BATCH_LIMIT = 100;
/** What is in a batch besides its events: `{"events":[]}`. */
const BATCH_BYTES = 16;

export interface OutboxServices {
  connection: Pick<Connection, 'post'>;
  /** Called whenever other events wait than before. */
  keep(waiting: readonly PostedEvent[]): void;
  /** An event is stored; it does not wait any longer. */
  acknowledge(event: PostedEvent): void;
  /** An event was refused; it does not wait any longer. */
  refuse(event: PostedEvent, refused: Refused): void;
}

interface Verdict extends Acknowledgement {
  status: number;
  code: string;
}

interface Settle {
  resolve(acknowledgement: Acknowledgement): void;
  reject(refused: Refused): void;
}

/**
 * The events that the server has not answered yet. They are sent in their order, one request at a time, and each stays
 * here until its answer has arrived. Sending one twice does no harm: the server knows it by its `client_event_id`.
 */
export class Outbox {
  readonly #services: OutboxServices;
  readonly #waiting: PostedEvent[];
  readonly #settle = new Map<string, Settle>();
  readonly #pauses = new Pauses();
  #abort = new AbortController();
  #isSending = false;
  #emptied: (() => void)[] = [];

  /** @param waiting kept from before a reload */
  constructor(services: OutboxServices, waiting: readonly PostedEvent[]) {
    this.#services = services;
    this.#waiting = [...waiting];
    void this.#sendAll();
  }

  get waiting(): readonly PostedEvent[] {
    return this.#waiting;
  }

  /** Adds an event and sends it at once, or after those that wait. @throws Refused once it is refused */
  add(event: PostedEvent): Promise<Acknowledgement> {
    const answered = new Promise<Acknowledgement>((resolve, reject) => {
      this.#settle.set(event.client_event_id, { resolve, reject });
    });
    // Whoever does not wait for the promise is told by `refuse`.
    answered.catch(() => undefined);
    this.#waiting.push(event);
    this.#services.keep(this.#waiting);
    void this.#sendAll();
    return answered;
  }

  /** Resolves when nothing waits. */
  empty(): Promise<void> {
    if (this.#waiting.length === 0) return Promise.resolve();
    return new Promise((resolve) => this.#emptied.push(resolve));
  }

  /** Tries now what waits for its next try. */
  tryNow(): void {
    this.#pauses.end();
  }

  /** Sends everything that waits in one request: there may not be time for another. */
  hurry(): void {
    if (this.#waiting.length > 1) this.#abort.abort();
    this.#pauses.end();
  }

  async #sendAll(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    let mostInPart = BATCH_LIMIT;
    while (this.#waiting.length > 0) {
      const part = this.#firstPart(mostInPart);
      this.#abort = new AbortController();
      try {
        await this.#send(part);
        this.#pauses.reset();
        mostInPart = BATCH_LIMIT;
      } catch (error) {
        if (this.#abort.signal.aborted) continue;
        if (error instanceof Refused) {
          // A batch that is refused as a whole is sent one by one, to hear which event is to blame.
          if (part.length > 1) mostInPart = 1;
          else this.#refuse(part[0] as PostedEvent, error);
        } else {
          await this.#pauses.wait(error instanceof NoAnswer ? error.retryAfterMs : undefined);
        }
      }
    }
    this.#isSending = false;
    for (const resolve of this.#emptied.splice(0)) resolve();
  }

  /** As many of the first events as a browser carries on with after the page is left. */
  #firstPart(most: number): PostedEvent[] {
    let bytes = BATCH_BYTES;
    const fits = this.#waiting.slice(0, most).findIndex((event) => {
      bytes += byteLength(JSON.stringify(event)) + 1;
      return bytes > KEEPALIVE_BYTES;
    });
    return this.#waiting.slice(0, fits === -1 ? most : Math.max(fits, 1));
  }

  /** @throws Refused, NoAnswer */
  async #send(part: readonly PostedEvent[]): Promise<void> {
    const { connection } = this.#services;
    const [first] = part as [PostedEvent];
    if (part.length === 1) {
      const answer = await connection.post('/events', JSON.stringify(first), this.#abort.signal);
      this.#acknowledge(first, answer as unknown as Acknowledgement);
      return;
    }
    const answer = await connection.post(
      '/events/batch',
      JSON.stringify({ events: part }),
      this.#abort.signal,
    );
    const verdicts = answer['results'] as Verdict[];
    for (const [index, event] of part.entries()) {
      const verdict = verdicts[index];
      if (verdict?.acknowledged) this.#acknowledge(event, verdict);
      else if (!verdict || isPassing(verdict.status)) throw new NoAnswer(verdict);
      else {
        this.#refuse(event, new Refused(verdict.status, { ...verdict }));
        // Those after it were not tried.
        return;
      }
    }
  }

  #acknowledge(event: PostedEvent, acknowledgement: Acknowledgement): void {
    this.#services.acknowledge(event);
    this.#remove(event)?.resolve(acknowledgement);
  }

  #refuse(event: PostedEvent, refused: Refused): void {
    const latest = refused.serverTime;
    if (latest && isAfter(event, latest)) {
      this.#correctTimes(latest);
      return;
    }
    const settle = this.#remove(event);
    this.#services.refuse(event, refused);
    settle?.reject(refused);
  }

  /** This computer's clock was set ahead: what waits happened by now, and not after the event that follows it. */
  #correctTimes(now: string): void {
    let latest = now;
    for (const event of [...this.#waiting].reverse()) {
      if (isAfter(event, latest)) event.timestamp_client = latest;
      latest = event.timestamp_client;
    }
    this.#services.keep(this.#waiting);
  }

  #remove(event: PostedEvent): Settle | undefined {
    this.#waiting.splice(this.#waiting.indexOf(event), 1);
    this.#services.keep(this.#waiting);
    const settle = this.#settle.get(event.client_event_id);
    this.#settle.delete(event.client_event_id);
    return settle;
  }
}

const isAfter = ({ timestamp_client }: PostedEvent, time: string): boolean =>
  Date.parse(timestamp_client) > Date.parse(time);
