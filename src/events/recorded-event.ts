import type { BehaviorEvent, EventType } from './event-table.ts';

/** What the server adds when it records an event. Ids are 24 hex digits. */
export interface EventRecord {
  event_id: string;
  attempt_id: string;
  /** 1, 2, 3 … without gaps within an attempt. */
  sequence_number: number;
  /** The candidate's clock, as sent. */
  timestamp_client: Date;
  /** The server's clock; never decreasing within an attempt. */
  timestamp_server: Date;
  metadata: Record<string, unknown>;
  /** The front end's own id for the event; a second event with the same id is a repeat of the first. */
  client_event_id?: string;
  /** Present and true when the event arrived in a batch of several; its server time then says less. */
  batched?: true;
  /**
   * Present and true when the front end's clock was wrong and `timestamp_client` was accepted only because the
   * constant difference of the two clocks was taken off before it was judged.
   */
  client_clock_corrected?: true;
  /** What the chain has come to with this event, base64url; absent in attempts that were redeemed under an earlier release. */
  digest?: string;
  /** What is stored sealed of `payload` and `metadata`, if anything. */
  sealed?: Uint8Array;
}

/** A behavior event as stored in the journal: immutable, with its number and its server time. */
export type RecordedEvent = BehaviorEvent & EventRecord;

/** A recorded event without what the front end sent in it. */
export type EventHead = Omit<RecordedEvent, 'payload' | 'metadata' | 'sealed'>;

export type RecordedEventOf<T extends EventType> = Extract<RecordedEvent, { event_type: T }>;

/** Whether `event` is of `type`, for narrowing in filters and finds. */
export function isOfType<T extends EventType>(type: T) {
  return (event: RecordedEvent): event is RecordedEventOf<T> => event.event_type === type;
}
