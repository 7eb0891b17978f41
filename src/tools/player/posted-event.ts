import { EVENT_TABLE } from '../../events/event-table.ts';
import { countWords } from '../../results/metrics/reasoning-metrics.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import { optionsNamed, type Step } from '../scenario/steps.ts';
import type { PostedDetails, PostedEvent, Stage } from './stage.ts';

/** What the person's front end posts in this step. */
export function postedEvent(step: Step, stage: Pick<Stage, 'optionIds' | 'timeOf'>): PostedEvent {
  const payload = measured(step);
  const fields = EVENT_TABLE[step.event].options;
  for (const [index, [, code]] of optionsNamed(step).entries()) {
    const names = fields[index];
    if (names) Object.assign(payload, { [names.id]: stage.optionIds.get(code), [names.code]: code });
  }
  return {
    ...postedDetails(step, stage),
    event_type: step.event,
    payload: { ...payload, ...step.payload },
  };
}

export function postedDetails(
  { at, client_at = at, metadata, client_event_id }: Step,
  stage: Pick<Stage, 'timeOf'>,
): PostedDetails {
  const timestamp_client = stage.timeOf(client_at).toISOString();
  return { timestamp_client, metadata, ...(client_event_id === undefined ? {} : { client_event_id }) };
}

/** What an event tells besides the options that it names. */
function measured(step: Step): Record<string, unknown> {
  if (step.event === 'option_viewed') return { duration_ms: step.duration_ms };
  if (step.event !== 'reasoning_updated' && step.event !== 'reasoning_submitted') return {};
  const text = reasoningText(step);
  const written = step.event === 'reasoning_submitted' ? { text } : { text_length: text.length };
  return { ...written, word_count: countWords(text) };
}
