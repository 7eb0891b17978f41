import type { AnyStateMachine, AnyStateNode } from 'xstate';
import { eventName, nameOf } from './names.ts';

/** What a transition does, in the names its author gave. */
export interface TransitionText {
  event: string;
  guard: string | undefined;
  actions: readonly string[];
}

/** One state as it is drawn. `path` is dotted (`active.decision.decided`) and unique; the machine's own is ''. */
export interface GraphState {
  path: string;
  name: string;
  type: AnyStateNode['type'];
  history: 'shallow' | 'deep' | undefined;
  /** Runs beside its siblings: a child of a parallel state. */
  region: boolean;
  entry: readonly string[];
  exit: readonly string[];
  invocations: readonly string[];
  /** Transitions that leave the state as it is; listed in its box instead of drawn as loops. */
  stays: readonly TransitionText[];
  /** Path of the child it begins in. */
  initial: string | undefined;
  children: readonly GraphState[];
}

/** All transitions from one state to another, in the order in which the machine tries them. */
export interface GraphEdge {
  id: string;
  source: string;
  target: string;
  transitions: readonly TransitionText[];
}

/** A machine as boxes and arrows, without positions. */
export interface MachineGraph {
  id: string;
  root: GraphState;
  edges: readonly GraphEdge[];
}

/**
 * What there is to draw of a machine, taken from its definition alone.
 *
 * Transitions between the same two states become one edge with several lines. A transition with several
 * targets becomes one edge for each.
 */
export function machineGraph(machine: AnyStateMachine): MachineGraph {
  const edges = new Map<string, { source: string; target: string; transitions: TransitionText[] }>();
  for (const node of nodesOf(machine.root)) {
    for (const { text, targets } of transitionsOf(node)) {
      for (const target of targets) {
        const ends = { source: pathOf(node), target: pathOf(target) };
        const key = `${ends.source}→${ends.target}`;
        const edge = edges.get(key) ?? { ...ends, transitions: [] };
        edge.transitions.push(text);
        edges.set(key, edge);
      }
    }
  }
  return {
    id: machine.id,
    root: stateOf(machine.root),
    edges: [...edges.entries()].map(([id, edge]) => ({ id, ...edge })),
  };
}

/** A state and everything below it, parents first. */
export function statesOf(state: GraphState): GraphState[] {
  return [state, ...state.children.flatMap(statesOf)];
}

/** What a reader calls each event type of the machine, XState's made-up ones included. */
export function eventNames(machine: AnyStateMachine): ReadonlyMap<string, string> {
  const transitions = nodesOf(machine.root).flatMap((node) =>
    [...node.transitions.values()].flat().map((transition) => ({ node, transition })),
  );
  return new Map(
    transitions.map(({ node, transition }) => [transition.eventType, eventName(node, transition)]),
  );
}

function nodesOf(node: AnyStateNode): AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(nodesOf)];
}

const pathOf = (node: AnyStateNode): string => node.path.join('.');

function stateOf(node: AnyStateNode): GraphState {
  const first = node.type === 'compound' ? node.initial.target[0] : undefined;
  return {
    path: pathOf(node),
    name: node.key,
    type: node.type,
    history: node.history || undefined,
    region: node.parent?.type === 'parallel' && node.type !== 'history',
    // The author's own: XState adds actions to `node.entry` and `node.exit` that start and stop delays.
    entry: [node.config.entry ?? []].flat().map(nameOf),
    exit: [node.config.exit ?? []].flat().map(nameOf),
    invocations: node.invoke.map(({ src }) => nameOf(src)),
    stays: transitionsOf(node).flatMap(({ text, targets }) => (targets.length === 0 ? [text] : [])),
    initial: first && pathOf(first),
    children: Object.values(node.states).map(stateOf),
  };
}

/** A self-transition counts as staying, hence has no targets here. */
function transitionsOf(node: AnyStateNode): { text: TransitionText; targets: AnyStateNode[] }[] {
  const listed = [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
  return listed.map((transition) => ({
    text: {
      event: eventName(node, transition),
      guard: transition.guard === undefined ? undefined : nameOf(transition.guard),
      actions: transition.actions.map(nameOf),
    },
    targets: (transition.target ?? []).filter((target: AnyStateNode) => target !== node),
  }));
}
