import type { BehaviorEvent } from '../events/event-table.ts';

/** The options whose risk an event brings into the results, so that its candidate may know it afterwards. */
export function optionsMet(event: BehaviorEvent): string[] {
  switch (event.event_type) {
    case 'option_viewed':
    case 'option_selected':
      return [event.payload.option_id];
    case 'option_changed':
      return [event.payload.to_option_id];
    case 'task_completed':
      return [event.payload.final_option_id];
    default:
      return [];
  }
}
