import type { FigureName, Recorded, SupposedFigures } from './figures.ts';

/** The numbers with which the rules of one group compare a metric. */
export type ThresholdsOf = (metric: FigureName) => number[];

/**
 * Figures that limit each other, and so can only be changed together. Between blocks nothing limits anything.
 *
 * Which records are possible is said here and nowhere else: whatever of two figures cannot be told of one and the same
 * attempt (more different options viewed than views, a first selection after the end). What is merely counted along
 * from the same acts, and enters no rule of the group (the number of events, the longest pause, the exposure pattern
 * where only views are asked for), is a consequence and limits nothing.
 */
export interface FigureBlock {
  /** The metrics for whose sake a rule makes the search look at this block. */
  decides: readonly FigureName[];
  /** What a change is counted in, in the order in which changes are told. */
  figures: readonly FigureName[];
  /** Metrics that are computed from figures, and so are no changes of their own. */
  follows: readonly FigureName[];
  /**
   * All of `figures` and `follows`, in every way that could be a smallest change, the recorded one among them, and
   * each of them possible. Between two thresholds no condition turns, so that the whole numbers on both sides of each,
   * the recorded value and the limits of what is possible stand for all values.
   */
  candidates(recorded: Recorded, thresholdsOf: ThresholdsOf): SupposedFigures[];
}

/**
 * The whole numbers on both sides of a threshold, whether or not it is one itself; one more on each side, so that the
 * noise of a division does no harm.
 */
export function besides(threshold: number): number[] {
  const [below, above] = [Math.floor(threshold), Math.ceil(threshold)];
  return [...new Set([below - 1, below, above, above + 1])];
}

export function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Set(values)];
}
