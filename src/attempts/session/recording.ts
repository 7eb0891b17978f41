import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { AttemptSnapshot } from '../../../machines/index.ts';
import type { EventRecord, RecordedEvent } from '../../events/recorded-event.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';
import { objectIdString } from '../../fields.ts';
import { refuseReusedId } from './decide.ts';

/** The answer to a front end once its event is on disk. */
export const acknowledgement = z
  .object({
    event_id: objectIdString,
    sequence_number: z.int().meta({ examples: [1] }),
    timestamp_server: z.date(),
    digest: z
      .string()
      .optional()
      .describe('What the attempt’s chain has come to with this event: the receipt. Absent without a chain.'),
    acknowledged: z.literal(true),
  })
  .meta({ id: 'Acknowledgement' });
export type Acknowledgement = z.output<typeof acknowledgement>;

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

export function acknowledge(recorded: RecordedEvent): Acknowledgement {
  const { event_id, sequence_number, timestamp_server, digest } = recorded;
  return { event_id, sequence_number, timestamp_server, digest, acknowledged: true };
}

/**
 * The answer to an event with the `client_event_id` of the recorded event `first`. It is the same event if type and
 * payload are the same: a front end that tries again may take the time anew, or describe itself differently.
 * @throws Refusal 409 `event_id_reused` if it is a different event
 */
export function acknowledgeRepeat(
  event: SubmittedEvent,
  first: RecordedEvent,
  state: AttemptSnapshot,
): Acknowledgement {
  const isSame = event.event_type === first.event_type && isSameJson(event.payload, first.payload);
  if (isSame) return acknowledge(first);
  throw refuseReusedId(state, first);
}

/** Compares values that went through JSON, where the order of keys means nothing and -0 is 0. */
const isSameJson = (a: unknown, b: unknown): boolean =>
  isDeepStrictEqual(JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b)));
