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
  place: Pick<EventRecord, 'event_id' | 'sequence_number' | 'timestamp_server'> & {
    batched: boolean;
    isClockCorrected: boolean;
  },
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
    ...(place.isClockCorrected ? { client_clock_corrected: true } : {}),
  } as RecordedEvent;
}

export function acknowledge({ event_id, sequence_number, timestamp_server }: RecordedEvent): Acknowledgement {
  return { event_id, sequence_number, timestamp_server, acknowledged: true };
}
