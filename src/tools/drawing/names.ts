import type { AnyStateNode, AnyTransitionDefinition } from 'xstate';

/**
 * What a reader calls the event of a transition. XState gives delays and invocations made-up event types
 * (`xstate.done.actor.0.attempt-v1.computing`); they become `after 500 ms`, `computeMetrics done`, and a
 * transition without an event becomes `always`.
 */
export function eventName(node: AnyStateNode, transition: AnyTransitionDefinition): string {
  const { eventType } = transition;
  if (eventType === '') return 'always';
  const delayed = node.after.find((candidate) => candidate.eventType === eventType);
  if (delayed)
    return `after ${typeof delayed.delay === 'number' ? `${delayed.delay} ms` : nameOf(delayed.delay)}`;
  for (const { id, src } of node.invoke) {
    if (eventType === `xstate.done.actor.${id}`) return `${nameOf(src)} done`;
    if (eventType === `xstate.error.actor.${id}`) return `${nameOf(src)} failed`;
    if (eventType === `xstate.snapshot.${id}`) return `${nameOf(src)} changed`;
  }
  return eventType.startsWith('xstate.done.state.') ? 'done' : eventType;
}

/** A function written in place has no name, or is called after the key it stands at. */
const PLACES = ['', 'actions', 'guard', 'entry', 'exit', 'src'];

/** The name of a guard, action, delay or actor: given as text, as `{type}`, or as a function. */
export function nameOf(thing: unknown): string {
  if (typeof thing === 'string') return thing;
  if (typeof thing === 'object' && thing !== null && 'type' in thing) return String(thing.type);
  if (typeof thing === 'function' && !PLACES.includes(thing.name)) return thing.name;
  return 'inline';
}
