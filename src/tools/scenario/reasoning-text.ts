import { LOGICAL_KEYWORDS } from '../../results/metrics/logical-keywords.ts';

/** A text as a step gives it: itself, or by its numbers. */
export interface WrittenReasoning {
  text?: string | undefined;
  words?: number | undefined;
  keywords?: number | undefined;
}

const wordsIn = (phrase: string) => phrase.split(' ').length;

/** Keywords of a single word first, so that a short text can hold many. */
const KEYWORDS = [...LOGICAL_KEYWORDS].sort((a, b) => wordsIn(a) - wordsIn(b));

/** None of its words is a keyword or can become part of one, in whatever order they stand. */
const FILLER = 'we keep what works today and the team may try this option for some weeks'.split(' ');

/** How many words the first so many keywords have together. */
const needed = (keywords: number) =>
  KEYWORDS.slice(0, keywords).reduce((sum, keyword) => sum + wordsIn(keyword), 0);

/** The text of a step; what `reasoningProblem` finds fault with gives some text all the same. */
export function reasoningText({ text, words = 0, keywords = 0 }: WrittenReasoning): string {
  const length = Math.max(0, words - needed(keywords));
  const filler = Array.from({ length }, (_, index) => FILLER[index % FILLER.length]);
  return text ?? [...KEYWORDS.slice(0, keywords), ...filler].join(' ');
}

/** What is wrong with how a text is given, and at which field; undefined when nothing. */
export function reasoningProblem({ text, words, keywords }: WrittenReasoning) {
  const problem = (message: string, ...path: string[]) => ({ path, message });
  if (text !== undefined && words !== undefined) return problem('cannot be given beside text', 'words');
  if (text !== undefined && keywords !== undefined) return problem('cannot be given beside text', 'keywords');
  if (text !== undefined) return undefined;
  if (words === undefined) return problem('must give the text, or how many words it has');
  if (keywords === undefined) return undefined;
  if (keywords > KEYWORDS.length) {
    return problem(`must be at most ${KEYWORDS.length}: there are no more`, 'keywords');
  }
  if (words >= needed(keywords)) return undefined;
  return problem(`must be at least ${needed(keywords)} to hold ${keywords} different keywords`, 'words');
}
