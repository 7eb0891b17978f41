import type { RecordedEvent } from '../../events/recorded-event.ts';
import type { Attempt } from '../attempt.ts';

/** The fields of a stored attempt that follow from its journal. They can be written again with the same result. */
export type Projection = Pick<
  Attempt,
  | 'status'
  | 'started_at'
  | 'completed_at'
  | 'final_selection'
  | 'reasoning_text'
  | 'reasoning_sequence_number'
>;

/** What one recorded event changes in the stored attempt; undefined if nothing. */
export function projectionOf(event: RecordedEvent): Partial<Projection> | undefined {
  switch (event.event_type) {
    case 'task_started':
      return { status: 'in_progress', started_at: event.timestamp_server };
    case 'reasoning_submitted':
      return {
        reasoning_text: event.payload.text,
        reasoning_sequence_number: event.sequence_number,
      };
    case 'task_completed':
      return {
        status: 'completed',
        completed_at: event.timestamp_server,
        final_selection: {
          option_id: event.payload.final_option_id,
          option_code: event.payload.final_option_code,
        },
      };
    default:
      return undefined;
  }
}

/** What several recorded events change in the stored attempt. */
export const projectionOfAll = (events: readonly RecordedEvent[]): Partial<Projection> =>
  Object.assign({}, ...events.map(projectionOf));

/** What a whole journal changes in the stored attempt; undefined if the attempt already agrees with it. */
export function missingProjection(
  attempt: Attempt,
  events: readonly RecordedEvent[],
): Partial<Projection> | undefined {
  const projection = projectionOfAll(events);
  const stored: Projection = attempt;
  const differs = (Object.keys(projection) as (keyof Projection)[]).some(
    (field) =>
      !(field === 'status' && stored.status === 'expired' && projection.status !== 'completed') &&
      JSON.stringify(projection[field]) !== JSON.stringify(stored[field]),
  );
  return differs ? projection : undefined;
}
