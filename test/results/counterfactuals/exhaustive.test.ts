import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Counterfactual } from '../../../src/results/counterfactuals/find-counterfactuals.ts';
import type { SummaryField } from '../../../src/results/interpretation/rules.ts';
import { resultsVersion } from '../../../src/results/versions.ts';
import { RISK_TAGS, type RiskTag } from '../../../src/tasks/task.ts';
import {
  asTexts,
  FIGURES_OF,
  type Name,
  type Point,
  pointOf,
  supposed,
  tryAll,
  type Values,
} from './brute-force.ts';
import { lowRecords, type Measured } from './records.ts';

/*
 * What the search finds is what trying everything finds. A short run by default; the long one, of more than a million
 * alternatives, takes some minutes:
 * COUNTERFACTUALS=long npx vitest run --config test/vitest.config.ts test/results/counterfactuals/exhaustive
 */

const IS_LONG = process.env['COUNTERFACTUALS'] === 'long';
/** Alternatives judged in all, and at most for one record and group. */
const AT_LEAST = IS_LONG ? 1_500_000 : 12_000;
const PER_RECORD = IS_LONG ? 8_000 : 1_500;

const GROUPS: SummaryField[] = ['decision_style', 'risk_profile', 'reasoning_style'];

/** Every value of a figure that lies anywhere near a mark. */
function poolOf(name: Name, recorded: Point, { task }: Measured): Point[Name][] {
  const upTo = (most: number) => Array.from({ length: most + 1 }, (_, index) => index);
  const options = task.options.length;
  switch (name) {
    case 'speed':
    case 'first':
      return recorded[name] === undefined ? [] : upTo(8);
    case 'total':
      return upTo(11);
    case 'client': {
      if (recorded.client === undefined) return [];
      const edges = [...upTo(9), -1, -2_000, -1_999, ...upTo(12).map((ms) => ms + 1_995)];
      return [...edges, recorded.speed + 2_000, recorded.speed + 2_001];
    }
    case 'unique':
      return upTo(options);
    case 'views':
      return upTo(options + 3);
    case 'changes':
      return upTo(5);
    case 'provided':
      return [true, false];
    case 'words':
      return upTo(24);
    case 'keywords':
      return upTo(14);
    case 'final':
      return [...RISK_TAGS];
    case 'exposure':
      return patterns(recorded.exposure.length + 2);
  }
}

/** All patterns of up to so many steps, each in alphabetical order. */
function patterns(longest: number): RiskTag[][] {
  const counts = Array.from({ length: longest + 1 }, (_, index) => index);
  return counts.flatMap((high) =>
    counts.flatMap((low) =>
      counts
        .filter((medium) => high + low + medium > 0 && high + low + medium <= longest)
        .map((medium) => [
          ...Array<RiskTag>(high).fill('high'),
          ...Array<RiskTag>(low).fill('low'),
          ...Array<RiskTag>(medium).fill('medium'),
        ]),
    ),
  );
}

/** The recorded values, those of what was found, and as many more as there is room for, figure by figure in `order`. */
function valuesToTry(
  group: SummaryField,
  measured: Measured,
  found: readonly Counterfactual[],
  order: readonly number[],
): Values {
  const recorded = pointOf(measured.metrics);
  const points = [recorded, ...found.map((each) => supposed(each, recorded))];
  const names = FIGURES_OF[group];
  const values = Object.fromEntries(
    names.map((name) => [name, distinct(points.map((point) => point[name]))]),
  ) as Record<Name, Point[Name][]>;
  const size = () => names.reduce((product, name) => product * values[name].length, 1);
  for (const dice of order) {
    const name = names[dice % names.length];
    if (!name) continue;
    for (const value of poolOf(name, recorded, measured)) {
      if ((size() / values[name].length) * (values[name].length + 1) > PER_RECORD) break;
      values[name] = distinct([...values[name], value]);
    }
  }
  return values as Values;
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

it('every conclusion is found with exactly the smallest changes that trying everything finds', () => {
  const tried: Record<SummaryField, number> = { decision_style: 0, risk_profile: 0, reasoning_style: 0 };
  const sizes = new Set<number>();
  let rounds = 0;
  while (Object.values(tried).some((count) => count < AT_LEAST / 3)) {
    rounds += 1;
    fc.assert(
      fc.property(lowRecords, fc.array(fc.nat(19), { minLength: 3, maxLength: 8 }), (measured, order) => {
        const { metrics, task } = measured;
        const all = resultsVersion(metrics.version).findCounterfactuals(metrics, task);
        sizes.add(task.options.length);
        for (const group of GROUPS) {
          if (tried[group] >= AT_LEAST / 3) continue;
          const found = all.filter((each) => each.group === group);
          const everything = tryAll(valuesToTry(group, measured, found, order), group, measured);
          tried[group] += everything.tried;
          expect(asTexts(found, measured)).toEqual(everything.found);
        }
      }),
      { numRuns: 20, seed: IS_LONG ? rounds : undefined },
    );
  }
  if (IS_LONG) expect([...sizes].sort((a, b) => a - b)).toEqual([2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
}, 3_600_000);
