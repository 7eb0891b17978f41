import type { Box, Point } from './geometry.ts';
import type { GraphEdge, GraphState, MachineGraph } from './graph.ts';
import { LINE_HEIGHT, type Line, linesWidth, TITLE_SIZE, textWidth } from './text.ts';

/** Height of a state's name, in pixels like all sizes here. */
export const HEADER = 28;
/** Free space between a state's border and what is in it. */
export const PADDING = 14;
/** Radius of the dot that marks a beginning. */
export const DOT = 5;
/** Room for the round sign in front of a history state's name. */
export const HISTORY_SIGN = 26;

export interface PlacedState extends Box {
  state: GraphState;
  lines: readonly Line[];
}

export interface PlacedEdge {
  edge: GraphEdge;
  /** Where the arrow runs, from its source to its head. */
  points: readonly Point[];
  label: Box & { lines: readonly Line[] };
}

/** The dot that marks where a state begins, and its arrow to the child. */
export interface PlacedInitial {
  state: string;
  x: number;
  y: number;
  points: readonly Point[];
}

/** A machine's graph with a place for everything. */
export interface Drawing {
  graph: MachineGraph;
  width: number;
  height: number;
  /** Parents before children, without the machine itself. */
  states: readonly PlacedState[];
  edges: readonly PlacedEdge[];
  initials: readonly PlacedInitial[];
}

/** Where a state's name and lines stand. */
export function headingOf({ x, y, width, height, state, lines }: PlacedState): Box {
  if (state.children.length === 0) return { x: x + 2, y: y + 2, width: width - 4, height: height - 4 };
  const text = Math.max(textWidth(state.name, TITLE_SIZE), linesWidth(lines));
  return { x: x + PADDING, y: y + 4, width: text, height: HEADER - 4 + lines.length * LINE_HEIGHT };
}
