import type { EventHead, RecordedEvent } from '../../events/recorded-event.ts';
import { type Attempt, laterStatus } from '../attempt.ts';

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

/** The status that an event leads to, and when it completed the attempt; undefined if the status stays. */
export function statusAfter({
  event_type,
  timestamp_server,
}: EventHead): Pick<Projection, 'status' | 'completed_at'> | undefined {
  if (event_type === 'task_started') return { status: 'in_progress', completed_at: null };
  if (event_type === 'task_completed') return { status: 'completed', completed_at: timestamp_server };
  return undefined;
}

/** What several recorded events change in the stored attempt. */
export const projectionOfAll = (events: readonly RecordedEvent[]): Partial<Projection> =>
  Object.assign({}, ...events.map(projectionOf));

/** Like `projectionOfAll`, for events that are still being read. */
export async function projectionOfStream(events: AsyncIterable<RecordedEvent>): Promise<Partial<Projection>> {
  const projection: Partial<Projection> = {};
  for await (const event of events) Object.assign(projection, projectionOf(event));
  return projection;
}

/** What the stored attempt lacks of `projection`, that of its whole journal; undefined if it agrees with it. */
export function missingProjection(
  attempt: Attempt,
  projection: Partial<Projection>,
): Partial<Projection> | undefined {
  const stored: Projection = attempt;
  const differs = (Object.keys(projection) as (keyof Projection)[]).some(
    (field) =>
      !(field === 'status' && stored.status === 'expired' && projection.status !== 'completed') &&
      JSON.stringify(projection[field]) !== JSON.stringify(stored[field]),
  );
  return differs ? projection : undefined;
}

/** What two changes of one attempt come to, in whatever order they were learnt: the later status and text stand. */
export function mergeProjections(a: Partial<Projection>, b: Partial<Projection>): Partial<Projection> {
  const merged = { ...a, ...b };
  if (a.status && b.status) merged.status = laterStatus(a.status, b.status);
  const { reasoning_text, reasoning_sequence_number } = a;
  if (reasoning_text !== undefined && (reasoning_sequence_number ?? 0) > (b.reasoning_sequence_number ?? 0)) {
    return { ...merged, reasoning_text, reasoning_sequence_number };
  }
  return merged;
}
