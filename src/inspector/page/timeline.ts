import type { View, WireMoment } from './wire.ts';

/** One place of the slider: the attempt after an event, or what the server made of it by itself after the last. */
export interface Stop extends Pick<WireMoment, 'state' | 'allowed_events' | 'taken'> {
  /** Absent for what no event led to. */
  event?: {
    sequence_number: number;
    event_type: string;
    timestamp_server: string;
    payload: WireMoment['payload'];
  };
}

/**
 * What is known of one attempt, and at which of its moments the reader looks. Replayed moments come page by page
 * from the journal; where the attempt stands now comes over the live channel, which may be ahead of them.
 */
export class Timeline {
  #moments: WireMoment[] = [];
  #now: View | undefined;
  /** Undefined: at the end, wherever that moves. */
  #chosen: number | undefined;

  /** The last replayed sequence number; undefined before anything was replayed. */
  get replayed(): number | undefined {
    return this.#moments.at(-1)?.sequence_number;
  }

  /** Whether the live channel has told of events that are not replayed yet. */
  get isBehind(): boolean {
    return this.#now !== undefined && this.#now.sequence_number > (this.replayed ?? -1);
  }

  get now(): View | undefined {
    return this.#now;
  }

  /** Moments that follow on those known; what is known already is passed over. */
  add(moments: readonly WireMoment[]): void {
    for (const moment of moments) {
      if (moment.sequence_number === (this.replayed ?? -1) + 1) this.#moments.push(moment);
    }
  }

  tell(now: View): void {
    this.#now = now;
  }

  /** Every place of the slider in order. */
  get stops(): Stop[] {
    const stops = this.#moments.map(stopOf);
    return this.#hasMovedOn && this.#now ? [...stops, { ...this.#now, taken: [] }] : stops;
  }

  /** Where the reader looks, counted from 0. */
  get position(): number {
    const end = Math.max(this.stops.length - 1, 0);
    return Math.min(this.#chosen ?? end, end);
  }

  /** Whether the reader looks at the end and goes on with it. */
  get isFollowing(): boolean {
    return this.#chosen === undefined;
  }

  goTo(position: number): void {
    const end = this.stops.length - 1;
    this.#chosen = position >= end ? undefined : Math.max(position, 0);
  }

  /** What the picture is to show; at the end that is what the live channel said last. */
  get shown(): Stop | undefined {
    if (this.isFollowing && this.isBehind && this.#now) return { ...this.#now, taken: [] };
    return this.stops[this.position];
  }

  /** Results saved, time run out: the state changed although nothing was recorded. */
  get #hasMovedOn(): boolean {
    const last = this.#moments.at(-1);
    return (
      last !== undefined &&
      this.#now?.sequence_number === last.sequence_number &&
      JSON.stringify(this.#now.state) !== JSON.stringify(last.state)
    );
  }
}

function stopOf({ event_type, timestamp_server, payload, sequence_number, ...moment }: WireMoment): Stop {
  if (event_type === null || timestamp_server === null) return moment;
  return { ...moment, event: { sequence_number, event_type, timestamp_server, payload } };
}
