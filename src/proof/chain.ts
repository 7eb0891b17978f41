import { UnreplayableJournal } from '../errors.ts';
import type { RecordedEvent } from '../events/recorded-event.ts';
import { type ChainedEvent, eventParts } from './formats.ts';
import { hashParts } from './hash.ts';
import { divide, seal } from './sealing.ts';

/** What an attempt's chain starts from. */
export interface ChainOrigin {
  /** Digest 0. */
  first: Uint8Array;
  /** Absent after an erasure: the chain can still be followed, but not continued. */
  key: Uint8Array | undefined;
}

const base64url = ({ buffer, byteOffset, length }: Uint8Array): string =>
  Buffer.from(buffer, byteOffset, length).toString('base64url');

/** The event as the chain covers it. Its sealed part is what is stored, so no key is needed. */
export function chainedForm(event: RecordedEvent, open: object = divide(event).open): ChainedEvent {
  return {
    attempt_id: event.attempt_id,
    batched: event.batched,
    client_clock_corrected: event.client_clock_corrected,
    client_event_id: event.client_event_id,
    event_id: event.event_id,
    event_type: event.event_type,
    payload: open,
    sealed: event.sealed && base64url(event.sealed),
    sequence_number: event.sequence_number,
    timestamp_client: event.timestamp_client.toISOString(),
    timestamp_server: event.timestamp_server.toISOString(),
  };
}

/** The chain of one attempt, up to its latest event. */
export class Chain {
  readonly #origin: ChainOrigin;
  #head: Uint8Array;
  /** The event that was linked last, which need not be computed again when it comes back from the journal. */
  #linked: RecordedEvent | undefined;

  constructor(origin: ChainOrigin) {
    this.#origin = origin;
    this.#head = origin.first;
  }

  /** The same chain before its first event. */
  restart(): Chain {
    return new Chain(this.#origin);
  }

  /** Seals the next event and gives it its digest. The chain goes on only when it is followed, once it is stored. */
  link(event: RecordedEvent): RecordedEvent {
    const { key } = this.#origin;
    if (!key)
      throw new UnreplayableJournal(`attempt ${event.attempt_id} was erased, so nothing can be added to it`);
    const { open, secret } = divide(event);
    const linked: RecordedEvent = { ...event, ...(secret && { sealed: seal(secret, key, event.event_id) }) };
    linked.digest = this.#digestOf(linked, open).toString('base64url');
    this.#linked = linked;
    return linked;
  }

  /** Goes on with the next stored event. @throws UnreplayableJournal if its digest is not the one that follows */
  follow(event: RecordedEvent): void {
    const digest = Buffer.from(event.digest ?? '', 'base64url');
    if (event !== this.#linked && !this.#digestOf(event).equals(digest)) {
      const place = `attempt ${event.attempt_id}, event ${event.sequence_number} (${event.event_type})`;
      throw new UnreplayableJournal(
        `${place}: its digest does not follow from its content and the events before it`,
      );
    }
    this.#head = digest;
    this.#linked = undefined;
  }

  #digestOf(event: RecordedEvent, open?: object): Buffer {
    return hashParts(eventParts(this.#head, chainedForm(event, open)));
  }
}
