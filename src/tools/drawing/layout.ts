import elk, { type ElkExtendedEdge, type ElkNode } from 'elkjs/lib/elk.bundled.js';
import { DOT, type Drawing, HEADER, HISTORY_SIGN, PADDING } from './drawing.ts';
import type { Box, Point } from './geometry.ts';
import { type GraphEdge, type GraphState, type MachineGraph, statesOf } from './graph.ts';
import { difficulty } from './quality.ts';
import { LINE_HEIGHT, linesWidth, stateLines, TITLE_SIZE, textWidth, transitionLines } from './text.ts';

const OPTIONS: Record<string, string> = {
  'elk.algorithm': 'layered',
  'elk.direction': 'DOWN',
  'elk.hierarchyHandling': 'INCLUDE_CHILDREN',
  'elk.json.shapeCoords': 'ROOT',
  'elk.json.edgeCoords': 'ROOT',
  'elk.edgeRouting': 'ORTHOGONAL',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
  'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX',
  'elk.layered.spacing.nodeNodeBetweenLayers': '26',
  'elk.layered.spacing.edgeNodeBetweenLayers': '14',
  'elk.spacing.nodeNode': '26',
  'elk.spacing.edgeNode': '16',
  'elk.spacing.edgeEdge': '14',
  'elk.padding': '[top=20,left=20,bottom=20,right=20]',
};

/** Where the layout leaves a choice it draws lots; the seed decides them. */
const VARIANTS = Array.from({ length: 16 }, (_, index) => ({ 'elk.randomSeed': String(index + 1) }));

const initialId = (path: string): string => `${path}#initial`;

/**
 * Finds a place for every state, arrow and label. The same graph always gives the same places: several layouts
 * are tried in a fixed order and the one that is easiest to read is taken.
 */
export async function layout(graph: MachineGraph): Promise<Drawing> {
  const drawings = [];
  for (const variant of VARIANTS) drawings.push(await layoutVariant(graph, variant));
  const [first, ...others] = drawings.map((drawing) => ({ drawing, value: difficulty(drawing) }));
  if (!first) throw new Error('No layout was tried');
  return others.reduce((best, next) => (next.value < best.value ? next : best), first).drawing;
}

async function layoutVariant(graph: MachineGraph, variant: Record<string, string>): Promise<Drawing> {
  const order = new Map(statesOf(graph.root).map(({ path }, index) => [path, index]));
  const upwards = ({ source, target }: GraphEdge): boolean =>
    (order.get(source) ?? 0) > (order.get(target) ?? 0);
  const laidOut = await new elk.default().layout({
    ...nodeFor(graph.root),
    layoutOptions: { ...OPTIONS, ...variant },
    edges: [
      ...graph.edges.map((edge) => edgeFor(edge, upwards(edge))),
      ...statesOf(graph.root).flatMap(initialEdgeFor),
    ],
  });
  const boxes = new Map(allNodes(laidOut).map((node) => [node.id, boxOf(node)]));
  const routes = new Map((laidOut.edges ?? []).map((edge) => [edge.id, edge]));
  const box = (id: string): Box => found(boxes.get(id), id);
  const points = (id: string): Point[] => pointsOf(found(routes.get(id), id));
  return {
    graph,
    width: round(laidOut.width ?? 0),
    height: round(laidOut.height ?? 0),
    states: statesOf(graph.root)
      .slice(1)
      .map((state) => ({ state, lines: stateLines(state), ...box(state.path) })),
    edges: graph.edges.map((edge) => ({
      edge,
      points: upwards(edge) ? points(edge.id).reverse() : points(edge.id),
      label: {
        ...boxOf(found(routes.get(edge.id)?.labels?.[0], edge.id)),
        lines: transitionLines(edge.transitions),
      },
    })),
    initials: statesOf(graph.root)
      .filter(({ initial }) => initial !== undefined)
      .map(({ path }) => {
        const dot = box(initialId(path));
        return { state: path, x: dot.x + DOT, y: dot.y + DOT, points: points(initialId(path)) };
      }),
  };
}

function nodeFor(state: GraphState): ElkNode {
  const lines = stateLines(state);
  const sign = state.type === 'history' ? HISTORY_SIGN : 0;
  const width = Math.max(textWidth(state.name, TITLE_SIZE) + sign, linesWidth(lines)) + 2 * PADDING;
  const height = HEADER + (lines.length > 0 ? lines.length * LINE_HEIGHT + 8 : 4);
  const children = state.children.map(nodeFor);
  if (children.length === 0) return { id: state.path, width, height };
  const dot =
    state.initial === undefined ? [] : [{ id: initialId(state.path), width: 2 * DOT, height: 2 * DOT }];
  return {
    id: state.path,
    children: [...dot, ...children],
    layoutOptions: {
      'elk.padding': `[top=${height + 8},left=${PADDING},bottom=${PADDING},right=${PADDING}]`,
      'elk.nodeSize.constraints': 'MINIMUM_SIZE',
      'elk.nodeSize.minimum': `(${width},${height})`,
    },
  };
}

function edgeFor({ id, source, target, transitions }: GraphEdge, upwards: boolean): ElkExtendedEdge {
  const lines = transitionLines(transitions);
  const label = {
    // Anything but empty: the layout skips labels without text.
    text: id,
    width: linesWidth(lines) + 12,
    height: lines.length * LINE_HEIGHT + 4,
    layoutOptions: { 'elk.edgeLabels.placement': 'CENTER', 'elk.edgeLabels.inline': 'true' },
  };
  return { id, sources: [upwards ? target : source], targets: [upwards ? source : target], labels: [label] };
}

function initialEdgeFor({ path, initial }: GraphState): ElkExtendedEdge[] {
  return initial === undefined
    ? []
    : [{ id: initialId(path), sources: [initialId(path)], targets: [initial] }];
}

function allNodes(node: ElkNode): ElkNode[] {
  return [node, ...(node.children ?? []).flatMap(allNodes)];
}

function pointsOf({ sections }: ElkExtendedEdge): Point[] {
  return (sections ?? [])
    .flatMap(({ startPoint, bendPoints = [], endPoint }) => [startPoint, ...bendPoints, endPoint])
    .map(({ x, y }) => ({ x: round(x), y: round(y) }));
}

const boxOf = ({ x = 0, y = 0, width = 0, height = 0 }: Partial<Box>): Box => ({
  x: round(x),
  y: round(y),
  width: round(width),
  height: round(height),
});

/** Tenths of a pixel: enough for the eye, and no noise of floating point in the files. */
const round = (value: number): number => Math.round(value * 10) / 10;

function found<T>(thing: T | undefined, id: string): T {
  if (thing === undefined) throw new Error(`The layout lost "${id}"`);
  return thing;
}
