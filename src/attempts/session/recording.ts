import { isDeepStrictEqual } from 'node:util';
import type { EventRecord, RecordedEvent } from '../../events/recorded-event.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';

/** The answer to a front end once its event is on disk. */
export interface Acknowledgement {
  event_id: string;
  sequence_number: number;
  timestamp_server: Date;
  acknowledged: true;
}

/** The event as it goes into the journal: the submitted event with the number and time that the server gives it. */
export function recordOf(
  event: SubmittedEvent,
  place: Pick<EventRecord, 'event_id' | 'sequence_number' | 'timestamp_server'> & { batched: boolean },
): RecordedEvent {
  const { attempt_id, event_type, payload, timestamp_client, metadata, client_event_id } = event;
  return {
    event_id: place.event_id,
    attempt_id,
    sequence_number: place.sequence_number,
    event_type,
    timestamp_client,
    timestamp_server: place.timestamp_server,
    payload,
    metadata,
    ...(client_event_id === undefined ? {} : { client_event_id }),
    ...(place.batched ? { batched: true } : {}),
  } as RecordedEvent;
}

/**
 * Whether `event` is `recorded`, sent again. Type and payload decide: a front end that tries again may take the time
 * anew, or describe itself differently.
 */
export function isRepeatOf(event: SubmittedEvent, { event_type, payload }: RecordedEvent): boolean {
  return event.event_type === event_type && isDeepStrictEqual(event.payload, payload);
}

export function acknowledge({ event_id, sequence_number, timestamp_server }: RecordedEvent): Acknowledgement {
  return { event_id, sequence_number, timestamp_server, acknowledged: true };
}
