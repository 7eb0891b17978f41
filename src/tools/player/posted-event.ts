import { countWords } from '../../results/metrics/reasoning-metrics.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import type { Step } from '../scenario/steps.ts';
import type { PostedEvent, Stage } from './stage.ts';

/** What the person's front end posts in this step. */
export function postedEvent(step: Step, stage: Pick<Stage, 'optionIds' | 'timeOf'>): PostedEvent {
  return {
    ...postedDetails(step, stage),
    event_type: step.event,
    payload: { ...payloadOf(step, stage.optionIds), ...step.payload },
  };
}

/** What every request of the front end carries besides the event itself. */
export function postedDetails(
  { at, client_at = at, metadata, client_event_id }: Step,
  stage: Pick<Stage, 'timeOf'>,
): Pick<PostedEvent, 'timestamp_client' | 'metadata' | 'client_event_id'> {
  return {
    timestamp_client: stage.timeOf(client_at).toISOString(),
    metadata,
    ...(client_event_id === undefined ? {} : { client_event_id }),
  };
}

function payloadOf(step: Step, optionIds: Stage['optionIds']): Record<string, unknown> {
  const option = (code = '') => ({ option_id: optionIds.get(code), option_code: code });
  switch (step.event) {
    case 'option_viewed':
      return { ...option(step.option), duration_ms: step.duration_ms };
    case 'option_selected':
      return option(step.option);
    case 'option_changed':
      return {
        from_option_id: optionIds.get(step.from),
        to_option_id: optionIds.get(step.to),
        from_code: step.from,
        to_code: step.to,
      };
    case 'reasoning_updated': {
      const text = reasoningText(step);
      return { text_length: text.length, word_count: countWords(text) };
    }
    case 'reasoning_submitted': {
      const text = reasoningText(step);
      return { text, word_count: countWords(text) };
    }
    case 'task_completed': {
      const { option_id, option_code } = option(step.option);
      return { final_option_id: option_id, final_option_code: option_code };
    }
    default:
      return {};
  }
}
