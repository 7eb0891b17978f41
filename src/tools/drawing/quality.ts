import { type Drawing, headingOf, type PlacedState } from './drawing.ts';
import { type Box, boxAround, cross, overlap, segmentsOf } from './geometry.ts';

/** The width in pixels up to which a picture is shown without being made smaller. */
const WIDTH = 1200;

/**
 * Places where a drawing would be misread: a label on another label, an arrow through the label of another
 * arrow, or through a state's text. One sentence each; a good drawing has none.
 */
export function faults({ states, edges, initials }: Drawing): string[] {
  const found: string[] = [];
  const lines = [
    ...edges.map(({ edge, points }) => ({ id: edge.id, points })),
    ...initials.map(({ state, points }) => ({ id: `initial of "${state}"`, points })),
  ];
  const texts = [
    ...edges.map(({ edge, label }) => ({ id: edge.id, name: `the label of ${edge.id}`, box: label })),
    ...states.map((placed) => ({
      id: undefined,
      name: `the text of ${placed.state.path}`,
      box: headingOf(placed),
    })),
  ];
  texts.forEach((one, index) => {
    for (const other of texts.slice(index + 1)) {
      if (overlap(one.box, other.box)) found.push(`${one.name} covers ${other.name}`);
    }
    for (const { id, points } of lines) {
      if (id !== one.id && touches(points, one.box)) found.push(`the arrow ${id} runs through ${one.name}`);
    }
  });
  return found;
}

/** How hard a drawing is to read; 0 would be perfect. Used to choose among drawings of one machine. */
export function difficulty(drawing: Drawing): number {
  const segments = drawing.edges.map(({ points }) => segmentsOf(points));
  const crossings = segments.flatMap((one, index) =>
    segments.slice(index + 1).flatMap((other) => one.flatMap((a) => other.filter((b) => cross(a, b)))),
  );
  const ink = segments
    .flat()
    .reduce((sum, segment) => sum + boxAround(segment).width + boxAround(segment).height, 0);
  return (
    faults(drawing).length * 1000 +
    Math.max(0, drawing.width - WIDTH) * 3 +
    crossings.length * 50 +
    disorder(drawing.states) * 20 +
    ink / 100 +
    drawing.height / 20
  );
}

/** Pairs of neighbouring states that stand in the opposite order to the definition's. */
function disorder(states: readonly PlacedState[]): number {
  const parent = ({ state }: PlacedState): string => state.path.slice(0, -state.name.length);
  const sideBySide = (a: Box, b: Box): boolean => a.y < b.y + b.height && b.y < a.y + a.height;
  return states.flatMap((one, index) =>
    states
      .slice(index + 1)
      .filter((other) => parent(one) === parent(other) && sideBySide(one, other) && one.x > other.x),
  ).length;
}

function touches(points: Drawing['edges'][number]['points'], box: Box): boolean {
  return segmentsOf(points).some((segment) => {
    const { x, y, width, height } = boxAround(segment);
    // A line without thickness overlaps nothing; give it that of its stroke.
    return overlap({ x: x - 0.5, y: y - 0.5, width: width + 1, height: height + 1 }, box);
  });
}
