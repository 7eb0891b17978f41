import type { StateValue } from 'xstate';
import { countWords } from '../../results/metrics/words.ts';
import { reasoningText } from '../scenario/reasoning-text.ts';
import { optionsNamed, type Step } from '../scenario/steps.ts';
import { seconds } from './text.ts';

/** What a step says besides its event, in a few words: `B for 1200 ms`, `A → B`, `40 words`; empty for nothing. */
export function describeStep(step: Step, nameOf = (option_code: string) => option_code): string {
  const options = optionsNamed(step).map(([, code]) => nameOf(code));
  if (step.event === 'option_viewed') return `${options} for ${step.duration_ms} ms`;
  if (step.event === 'reasoning_updated' || step.event === 'reasoning_submitted') {
    return `${countWords(reasoningText(step))} words`;
  }
  return step.event === 'task_completed' && options.length === 0 ? 'as selected' : options.join(' → ');
}

/** Stands before what is said of an event beneath its line. */
export const BENEATH = ' '.repeat(17);

/** The beginning of a line for an event at `ms` after the start: `   4.000 s  #2   option_selected      `. */
export function eventLine(ms: number, number: number | undefined, event_type: string): string {
  const place = number === undefined ? '' : `#${number}`;
  return `${seconds(ms, 3).padStart(10)}  ${place.padEnd(4)} ${event_type.padEnd(20)} `;
}

/** `active (decided, writing)`; the names of parallel regions would only repeat on every line. */
export function stateText(state: StateValue): string {
  if (typeof state === 'string') return state;
  return `${Object.keys(state).join(', ')} (${innermost(state).join(', ')})`;
}

const innermost = (state: StateValue): string[] =>
  typeof state === 'string' ? [state] : Object.values(state).flatMap((inner = '') => innermost(inner));
