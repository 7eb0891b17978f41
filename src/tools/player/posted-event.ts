import { EVENT_TABLE } from '../../events/event-table.ts';
import { countWords } from '../../results/metrics/words.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import { optionsNamed, type Step } from '../scenario/steps.ts';
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
  const fields = EVENT_TABLE[step.event].options;
  const options = optionsNamed(step).flatMap(([, code], index) => {
    const names = fields[index];
    return names ? [{ [names.id]: optionIds.get(code), [names.code]: code }] : [];
  });
  return Object.assign({}, ...options, measured(step));
}

/** What an event tells besides the options that it names. */
function measured(step: Step): Record<string, unknown> {
  if (step.event === 'option_viewed') return { duration_ms: step.duration_ms };
  if (step.event !== 'reasoning_updated' && step.event !== 'reasoning_submitted') return {};
  const text = reasoningText(step);
  const word_count = countWords(text);
  return step.event === 'reasoning_submitted'
    ? { text, word_count }
    : { text_length: text.length, word_count };
}
