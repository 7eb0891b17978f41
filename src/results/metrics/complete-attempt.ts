import { isOfType, type RecordedEvent, type RecordedEventOf } from '../../events/recorded-event.ts';

/** The events are not one whole attempt, so any number computed from them would be wrong. */
export class IncompleteAttempt extends Error {
  override readonly name = 'IncompleteAttempt';
}

/** The events of one whole attempt, with the three that the formulas hang on. */
export interface CompleteAttempt {
  events: readonly RecordedEvent[];
  started: RecordedEventOf<'task_started'>;
  firstSelection: RecordedEventOf<'option_selected'>;
  completed: RecordedEventOf<'task_completed'>;
}

/**
 * Reads `events` as one whole attempt: numbered 1, 2, 3 … without gaps, `task_started` first and only
 * there, `task_completed` last and only there, an `option_selected` between them. Which event may follow
 * which is the machine's business; here is checked only what a wrong number would otherwise hide.
 *
 * @throws IncompleteAttempt naming the first thing that is missing.
 */
export function completeAttempt(events: readonly RecordedEvent[]): CompleteAttempt {
  const misplaced = events.findIndex((event, index) => event.sequence_number !== index + 1);
  if (misplaced >= 0) {
    const found = events[misplaced]?.sequence_number;
    throw new IncompleteAttempt(`Expected sequence number ${misplaced + 1} but found ${found}.`);
  }
  const started = onlyOne(events, 'task_started');
  if (started !== events[0]) throw new IncompleteAttempt('The first event is not task_started.');
  const completed = onlyOne(events, 'task_completed');
  if (completed !== events.at(-1)) throw new IncompleteAttempt('The last event is not task_completed.');
  const firstSelection = events.find(isOfType('option_selected'));
  if (!firstSelection) throw new IncompleteAttempt('No option was selected.');
  return { events, started, firstSelection, completed };
}

function onlyOne<T extends 'task_started' | 'task_completed'>(events: readonly RecordedEvent[], type: T) {
  const [event, ...more] = events.filter(isOfType(type));
  if (!event) throw new IncompleteAttempt(`There is no ${type} event.`);
  if (more.length > 0) throw new IncompleteAttempt(`There are ${more.length + 1} ${type} events.`);
  return event;
}
