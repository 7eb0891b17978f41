import type { OptionReference } from '../../events/event-table.ts';
import type { SubmittedEvent } from '../../events/submitted-event.ts';
import { decide, type Judged, refuseWithoutSelection, type Situation } from './decide.ts';

/** What a front end sends to complete its attempt. All is optional, with the same meaning as in an event. */
export interface CompletionRequest
  extends Pick<SubmittedEvent, 'metadata' | 'client_event_id'>,
    Partial<Pick<SubmittedEvent, 'timestamp_client'>> {
  /** The option that the front end believes to be selected; without it, the one that is. */
  final: Partial<OptionReference>;
}

/**
 * Judges a completion with the option that is selected now.
 * @param clockDifferenceMs by how many ms the front end's clock was ahead at its last event. A front end that sends no
 * time gets the server's, corrected by it, so that its own intervals stay true.
 */
export function judgeCompletion(
  situation: Situation,
  attempt_id: string,
  request: CompletionRequest,
  clockDifferenceMs: number,
): Judged {
  const { state, now, task } = situation;
  const { selection } = state.context;
  if (!selection) return { accepted: false, refusal: refuseWithoutSelection(situation) };
  const { final, timestamp_client, metadata, client_event_id } = request;
  const { option_id, option_code } = finalOption(final, selection, task.options);
  const event: SubmittedEvent = {
    attempt_id,
    event_type: 'task_completed',
    timestamp_client: timestamp_client ?? new Date(now.getTime() + clockDifferenceMs),
    payload: { final_option_id: option_id, final_option_code: option_code },
    metadata,
    client_event_id,
  };
  return { ...decide(situation, event), event };
}

/** The option that a completion names by id, by code, by both, or not at all. */
function finalOption(
  { option_id, option_code }: Partial<OptionReference>,
  selection: OptionReference,
  options: readonly OptionReference[],
): OptionReference {
  const named = options.find((option) =>
    option_id === undefined ? option.option_code === option_code : option.option_id === option_id,
  );
  return {
    option_id: option_id ?? named?.option_id ?? selection.option_id,
    option_code: option_code ?? named?.option_code ?? selection.option_code,
  };
}
