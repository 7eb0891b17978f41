import { LOGICAL_KEYWORDS } from '../../metrics/logical-keywords.ts';
import { depthScore } from '../../metrics/reasoning-metrics.ts';
import { besides, distinct, type FigureBlock } from '../figure-block.ts';
import type { SupposedFigures } from '../figures.ts';
import { mostWordsWith, wordsNeededFor } from './text-capacity.ts';

const PROVIDED = 'reasoning_metrics.reasoning_provided';
const WORDS = 'reasoning_metrics.word_count';
const KEYWORDS = 'reasoning_metrics.logical_keyword_count';
const DEPTH = 'reasoning_metrics.reasoning_depth_score';

/**
 * What the candidate wrote. The depth score follows from words and keywords, by the same formula in every version so
 * far, so a threshold of depth is looked at once for each number of keywords.
 *
 * Possible: no text at a task without reasoning; no word of the last text where none was ever submitted (the reverse
 * is possible: an empty text may follow); so many keywords as the words hold, each written out, and so many words as a
 * text holds. A longer text than the recorded one may always hold the recorded keywords, or fewer.
 */
export const reasoningBlock: FigureBlock = {
  decides: [PROVIDED, WORDS, KEYWORDS, DEPTH],
  figures: [PROVIDED, WORDS, KEYWORDS],
  follows: [DEPTH],
  candidates({ figures, task }, thresholdsOf) {
    const [words, keywords] = [figures[WORDS], figures[KEYWORDS]];
    const recorded = { ...supposing(figures[PROVIDED], words, keywords), [DEPTH]: figures[DEPTH] };
    if (!task.requires_reasoning) return [recorded];

    const wordMarks = thresholdsOf(WORDS).flatMap(besides);
    const written = keywordCounts(keywords, thresholdsOf(KEYWORDS)).flatMap((count) => {
      const depthMarks = thresholdsOf(DEPTH).flatMap((depth) => besides(depth / depthScore(1, count)));
      const limits = [wordsNeededFor(count), mostWordsWith(count)];
      return distinct([words, ...wordMarks, ...depthMarks, ...limits])
        .filter((length) => holds(length, count) || (length === words && count === keywords))
        .map((length) => supposing(true, length, count));
    });
    return [recorded, ...written, supposing(false, 0, 0)];

    function holds(length: number, count: number): boolean {
      const isContinued = length >= words && count <= keywords;
      return (length >= wordsNeededFor(count) || isContinued) && length <= mostWordsWith(count);
    }
  },
};

/** Every number of keywords that is not farther from the recorded one than another that does the same. */
function keywordCounts(recorded: number, marks: readonly number[]): number[] {
  const all = [0, ...LOGICAL_KEYWORDS.map((_, index) => index + 1)];
  const deepens = (count: number) => depthScore(1, count) > depthScore(1, count - 1);
  return all.filter(
    (count) => count <= recorded || deepens(count) || marks.some((mark) => besides(mark).includes(count)),
  );
}

function supposing(provided: boolean, words: number, keywords: number): SupposedFigures {
  return {
    [PROVIDED]: provided,
    [WORDS]: words,
    [KEYWORDS]: keywords,
    [DEPTH]: depthScore(words, keywords),
  };
}
