import { stepsBetween } from './figures/risk.ts';
import type { FigureName, SupposedFigures } from './figures.ts';

/** A figure's value, as recorded or supposed. */
export type FigureValue = NonNullable<SupposedFigures[FigureName]>;

/** One figure with the value that it was recorded with and another one. */
export interface Change {
  metric: FigureName;
  from: FigureValue;
  to: FigureValue;
}

/** A change of the recorded figures, with what is computed from them and so is no change of its own. */
export interface Alternative {
  changes: Change[];
  follows: Change[];
}

/** Every figure that an alternative supposes to be other than recorded. */
export function supposedBy({ changes, follows }: Alternative): SupposedFigures {
  return Object.fromEntries([...changes, ...follows].map(({ metric, to }) => [metric, to]));
}

/**
 * The smallest of `alternatives`: the fewest figures changed, and among those none of which another one changes every
 * figure at most as much and some figure less. Each figure is compared in its own unit (a millisecond, a view, a word,
 * a step), and units are never added up: no number of views is worth a second. Of equal ones all are kept, except that
 * one pattern of risks stands for all that are as many steps away.
 *
 * Source: the contract's section 12, point 6. Few changes first is the sparsity of Wachter, Mittelstadt and Russell,
 * Harvard JOLT 31(2), 2018.
 */
export function smallest(alternatives: readonly Alternative[]): Alternative[] {
  const fewest = alternatives.reduce((least, { changes }) => Math.min(least, changes.length), Infinity);
  const few = alternatives
    .filter(({ changes }) => changes.length === fewest)
    .map((alternative) => ({ alternative, cost: costOf(alternative) }));
  const told = new Set<string>();
  return few
    .filter(({ cost }) => !few.some((other) => isLess(other.cost, cost)))
    .map(({ alternative }) => alternative)
    .filter(({ changes }) => {
      const key = JSON.stringify(changes.map(asCounted));
      const isNew = !told.has(key);
      told.add(key);
      return isNew;
    });
}

/** A pattern of risks by its distance alone. */
function asCounted(change: Change): unknown[] {
  return [change.metric, typeof change.to === 'object' ? distanceOf(change) : change.to];
}

/** How far each changed figure is from its recorded value. */
type Cost = ReadonlyMap<FigureName, number>;

function costOf({ changes }: Alternative): Cost {
  return new Map(changes.map((change) => [change.metric, distanceOf(change)]));
}

/** How far a figure is changed, in its own unit; what is no number and no pattern is changed (1) or not. */
export function distanceOf({ from, to }: Pick<Change, 'from' | 'to'>): number {
  if (typeof from === 'number' && typeof to === 'number') return Math.abs(to - from);
  if (typeof from === 'object' && typeof to === 'object') return stepsBetween(from, to);
  return from === to ? 0 : 1;
}

function isLess(cost: Cost, than: Cost): boolean {
  const metrics = [...new Set([...cost.keys(), ...than.keys()])];
  const differences = metrics.map((metric) => (cost.get(metric) ?? 0) - (than.get(metric) ?? 0));
  return (
    differences.every((difference) => difference <= 0) && differences.some((difference) => difference < 0)
  );
}
