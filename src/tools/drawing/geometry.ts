/** A rectangle in pixels from the drawing's top left corner. */
export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

/** A straight piece of a line. */
export interface Segment {
  from: Point;
  to: Point;
}

/** Whether two boxes share more than a border. */
export const overlap = (a: Box, b: Box): boolean =>
  a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;

/** Whether a box lies in another, borders included. */
export const contains = (outer: Box, inner: Box): boolean =>
  outer.x <= inner.x &&
  outer.y <= inner.y &&
  inner.x + inner.width <= outer.x + outer.width &&
  inner.y + inner.height <= outer.y + outer.height;

export const segmentsOf = (points: readonly Point[]): Segment[] =>
  points.slice(1).map((to, index) => ({ from: points[index] ?? to, to }));

/** The box around an upright or level segment, which is all that orthogonal arrows consist of. */
export const boxAround = ({ from, to }: Segment): Box => ({
  x: Math.min(from.x, to.x),
  y: Math.min(from.y, to.y),
  width: Math.abs(from.x - to.x),
  height: Math.abs(from.y - to.y),
});

/** Whether an upright segment and a level one cross, ends not counted. */
export function cross(a: Segment, b: Segment): boolean {
  const [p, q] = [boxAround(a), boxAround(b)];
  const strictly = (upright: Box, level: Box): boolean =>
    upright.width === 0 &&
    level.height === 0 &&
    level.x < upright.x &&
    upright.x < level.x + level.width &&
    upright.y < level.y &&
    level.y < upright.y + upright.height;
  return strictly(p, q) || strictly(q, p);
}
