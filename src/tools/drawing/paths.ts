import type { EventFromLogic } from 'xstate';
import { getShortestPaths } from 'xstate/graph';
import type { AttemptInput } from '../../../machines/attempt-v1.machine.ts';
import type { AttemptMachine, AttemptSnapshot } from '../../../machines/index.ts';
import { EVENT_TABLE, EVENT_TYPES, type EventType } from '../../events/event-table.ts';
import { stateLabel } from '../../inspector/page/state-value.ts';
import { RETRY_POLICY } from '../../results/retry-policy.ts';

export { stateLabel };

export type AttemptEvent = EventFromLogic<AttemptMachine>;

/** A state an attempt can be in, and one of the shortest ways into it. */
export interface ShortestPath {
  /** The state's name as `stateLabel` gives it. */
  state: string;
  events: readonly AttemptEvent[];
  /** The attempt after these events. */
  snapshot: AttemptSnapshot;
}

/** The states that do not take an event. */
export interface Refusal {
  event: string;
  /** Whatever happened before. */
  always: readonly string[];
  /** Depending on what happened before. */
  sometimes: readonly string[];
}

/** Steps of exploration after which something is wrong with the machine rather than large about it. */
const LIMIT = 20_000;

/**
 * One event of every type the machine knows, each with the best chance of being taken in this state: the
 * vocabulary, the server's signals, and XState's own for delays and invocations that end well or badly.
 */
export function representativeEvents(machine: AttemptMachine, { context }: AttemptSnapshot): AttemptEvent[] {
  return machine.events.map((type) => {
    if (!isVocabulary(type)) return { type, output: undefined, error: undefined };
    const { selection } = context;
    const payload =
      type === 'task_completed' && selection
        ? { final_option_id: selection.option_id, final_option_code: selection.option_code }
        : EVENT_TABLE[type].example;
    return { type, payload };
    // XState's own events are not among the types of the machine's events, though it takes them.
  }) as AttemptEvent[];
}

/**
 * For every state that an attempt with this input can reach, a shortest sequence of events into it, nearest first.
 * Pure: nothing that the machine invokes is run.
 */
export function shortestPaths(machine: AttemptMachine, input: AttemptInput): ShortestPath[] {
  const nearest = new Map<string, ShortestPath>();
  for (const path of explore(machine, input)) {
    const known = nearest.get(path.state);
    if (!known || path.events.length < known.events.length) nearest.set(path.state, path);
  }
  return [...nearest.values()].sort((a, b) => a.events.length - b.events.length);
}

/** For every event of the vocabulary and every signal of the server, the reachable states that refuse it. */
export function refusals(machine: AttemptMachine, input: AttemptInput): Refusal[] {
  const explored = explore(machine, input);
  const types: string[] = machine.events.filter((type: string) => !type.startsWith('xstate.'));
  return types.map((event) => {
    const verdicts = new Map<string, Set<boolean>>();
    for (const { state, snapshot } of explored) {
      const known = verdicts.get(state) ?? new Set();
      verdicts.set(state, known.add(takes(machine, snapshot, event)));
    }
    const having = (count: number): string[] =>
      [...verdicts].filter(([, seen]) => seen.has(false) && seen.size === count).map(([state]) => state);
    return { event, always: having(1), sometimes: having(2) };
  });
}

/** A path to everything that differs in a way the machine can tell; `sequence_number` only counts. */
function explore(machine: AttemptMachine, input: AttemptInput): ShortestPath[] {
  // With the server's own policy, or a computation that failed would never be seen to wait for its next try.
  const paths = getShortestPaths(machine.provide(RETRY_POLICY), {
    input,
    events: (snapshot) => representativeEvents(machine, snapshot),
    serializeState: ({ value, context, historyValue }) =>
      JSON.stringify([
        value,
        context.selection !== null,
        context.failures,
        Object.entries(historyValue).map(([id, nodes]) => [id, nodes.map((node) => node.id)]),
      ]),
    limit: LIMIT,
  });
  const known = new Set<string>(machine.events);
  return paths.map(({ state, steps }) => ({
    state: stateLabel(state.value),
    // Without the one that starts the machine, which it does not list among its events.
    events: steps.map(({ event }) => event).filter(({ type }) => known.has(type)),
    snapshot: state,
  }));
}

function takes(machine: AttemptMachine, snapshot: AttemptSnapshot, type: string): boolean {
  const event = representativeEvents(machine, snapshot).find((candidate) => candidate.type === type);
  return event !== undefined && snapshot.status === 'active' && snapshot.can(event);
}

const isVocabulary = (type: string): type is EventType => EVENT_TYPES.some((known) => known === type);
