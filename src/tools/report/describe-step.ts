import { countWords } from '../../results/metrics/words.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import type { Step } from '../scenario/steps.ts';

/** What a step says besides its event, in a few words; empty where it says nothing more. */
export function describeStep(step: Step): string {
  switch (step.event) {
    case 'option_viewed':
      return `${step.option} for ${step.duration_ms} ms`;
    case 'option_selected':
      return step.option;
    case 'option_changed':
      return `${step.from} → ${step.to}`;
    case 'reasoning_updated':
    case 'reasoning_submitted':
      return `${countWords(reasoningText(step))} words`;
    case 'task_completed':
      return step.option ?? 'as selected';
    default:
      return '';
  }
}
