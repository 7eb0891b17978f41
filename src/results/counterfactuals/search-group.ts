import { combinations } from './combinations.ts';
import type { FigureBlock } from './figure-block.ts';
import type { FigureName, Recorded, SupposedFigures } from './figures.ts';
import type { Conclusion, GroupJudgement, JudgeGroup } from './judge-group.ts';
import { type Alternative, type Change, distanceOf, smallest } from './smallest.ts';

const NO_CHANGE: Alternative = { changes: [], follows: [] };

/** A conclusion with the smallest changes that give it. */
export interface OtherConclusion {
  conclusion: Conclusion;
  smallest: Alternative[];
}

/**
 * Every conclusion of one group but the recorded one, each with every smallest change that gives it. Impossible ones
 * are left out.
 *
 * A conclusion follows from which conditions hold, and each condition looks at figures of one block. So for each block
 * only the smallest changes that make its conditions come out in one way or another matter. These outcomes are then
 * combined, and the rules themselves say what follows from each combination. (After Carreira-Perpiñán and Hada,
 * arXiv 2103.01096, who solve within each region where a tree says the same, and take the best.)
 */
export function searchGroup(
  blocks: readonly FigureBlock[],
  recorded: Recorded,
  judge: JudgeGroup,
): OtherConclusion[] {
  const own = judge(NO_CHANGE);
  const lookedAt = blocks.filter(({ decides }) =>
    own.conditions.some(({ condition }) => decides.includes(condition.metric)),
  );
  const outcomes = lookedAt.map((block) => outcomesOf(block, recorded, own, judge));
  const found = new Map<string, { conclusion: Conclusion; ways: Alternative[][][] }>();
  for (const way of combinations(outcomes)) {
    // Which of its smallest changes brings an outcome about makes no difference to what follows.
    const { conclusion } = judge(together(way.map(([any = NO_CHANGE]) => any)));
    const key = keyOf(conclusion);
    if (key === keyOf(own.conclusion)) continue;
    const { ways } = found.get(key) ?? { ways: [] };
    found.set(key, { conclusion, ways: [...ways, way] });
  }
  const inOrder = [...found.values()].sort((a, b) => a.conclusion.place - b.conclusion.place);
  return inOrder.map(({ conclusion, ways }) => ({
    conclusion,
    smallest: smallest(fewestFigures(ways).flatMap((way) => combinations(way).map(together))),
  }));
}

/** The smallest changes of a block's figures for every way in which its conditions can come out. */
function outcomesOf(
  block: FigureBlock,
  recorded: Recorded,
  own: GroupJudgement,
  judge: JudgeGroup,
): Alternative[][] {
  const thresholdsOf = (metric: FigureName) =>
    own.conditions
      .filter(({ condition }) => condition.metric === metric)
      .map(({ threshold }) => threshold)
      .filter((threshold) => typeof threshold === 'number');
  const candidates = block.candidates(recorded, thresholdsOf).map((supposed) => ({
    changes: changesIn(block.figures, recorded, supposed),
    follows: changesIn(block.follows, recorded, supposed),
  }));
  const byOutcome = new Map<string, Alternative[]>();
  for (const candidate of [NO_CHANGE, ...candidates]) {
    const outcome = judge(candidate)
      .conditions.filter(({ condition }) => block.decides.includes(condition.metric))
      .map(({ held }) => held)
      .join();
    byOutcome.set(outcome, [...(byOutcome.get(outcome) ?? []), candidate]);
  }
  return [...byOutcome.values()].map(smallest);
}

function changesIn(
  metrics: readonly FigureName[],
  { figures }: Recorded,
  supposed: SupposedFigures,
): Change[] {
  return metrics.flatMap((metric) => {
    const [from, to] = [figures[metric], supposed[metric]];
    if (from === undefined || to === undefined || distanceOf({ from, to }) === 0) return [];
    return [{ metric, from, to }];
  });
}

/** Those ways that change the fewest figures, all blocks together; within a block all change equally many. */
function fewestFigures(ways: readonly Alternative[][][]): Alternative[][][] {
  const countOf = (way: Alternative[][]) => together(way.map(([any = NO_CHANGE]) => any)).changes.length;
  const fewest = Math.min(...ways.map(countOf));
  return ways.filter((way) => countOf(way) === fewest);
}

function together(alternatives: readonly Alternative[]): Alternative {
  return {
    changes: alternatives.flatMap(({ changes }) => changes),
    follows: alternatives.flatMap(({ follows }) => follows),
  };
}

function keyOf({ style, skill }: Conclusion): string {
  return skill?.skill_code ?? style;
}
