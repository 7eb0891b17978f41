import { isOfType } from '../../../events/recorded-event.ts';
import type { CompleteAttempt } from '../../metrics/complete-attempt.ts';
import { countLogicalKeywords } from '../../metrics/logical-keywords.ts';
import type { ReasoningMetrics } from './computed-metrics.ts';

/** Each different keyword adds a tenth to the depth of a text, up to one half. */
const TENTHS_WITHOUT_KEYWORDS = 10;
const TENTHS_AT_MOST = 15;

/**
 * What the candidate wrote. Provided: some submission has at least one word. Word count, keyword count
 * and depth are of the last submitted text, which replaces earlier ones, even with an empty text; all 0
 * where nothing was submitted. The front end's own word counts are not used.
 */
export function reasoningMetrics({ events }: CompleteAttempt): ReasoningMetrics {
  const texts = events.filter(isOfType('reasoning_submitted')).map((submission) => submission.payload.text);
  const last = texts.at(-1) ?? '';
  const words = countWords(last);
  const keywords = countLogicalKeywords(last);
  return {
    reasoning_provided: texts.some((text) => countWords(text) > 0),
    word_count: words,
    logical_keyword_count: keywords,
    reasoning_depth_score: depthScore(words, keywords),
  };
}

/** The number of words of `text`: its parts between white space. */
function countWords(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/**
 * words × min(1 + 0.1 × keywords, 1.5). Computed in whole tenths and divided once, because
 * 1 + 0.1 × 3 is not 1.3 in floating point and a score of exactly 60 decides a rule.
 */
function depthScore(words: number, keywords: number): number {
  return (words * Math.min(TENTHS_WITHOUT_KEYWORDS + keywords, TENTHS_AT_MOST)) / 10;
}
