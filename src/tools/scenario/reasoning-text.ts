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
const FILLER =
  'we keep what works today and the team may try this option for some weeks before more people join'.split(
    ' ',
  );

/** How many words the first so many keywords have together. */
const needed = (keywords: number) =>
  KEYWORDS.slice(0, keywords).reduce((sum, keyword) => sum + wordsIn(keyword), 0);

/** The text of a step; what `reasoningProblem` finds fault with gives some text all the same. */
export function reasoningText({ text, words = 0, keywords = 0 }: WrittenReasoning): string {
  if (text !== undefined) return text;
  const missing = Math.max(0, words - needed(keywords));
  const filler = Array.from({ length: missing }, (_, index) => FILLER[index % FILLER.length] ?? '');
  // Each keyword stands before a share of the filler, so that the text reads a little like one.
  const share = Math.ceil(missing / Math.max(1, keywords));
  const parts = KEYWORDS.slice(0, keywords).flatMap((keyword) => [keyword, ...filler.splice(0, share)]);
  return [...parts, ...filler].join(' ');
}

/** What is wrong with how a text is given, and at which field; undefined when nothing. */
export function reasoningProblem({ text, words, keywords }: WrittenReasoning) {
  const problem = (message: string, ...path: string[]) => ({ path, message });
  if (text !== undefined) {
    if (words !== undefined) return problem('cannot be given beside text', 'words');
    return keywords === undefined ? undefined : problem('cannot be given beside text', 'keywords');
  }
  if (words === undefined) return problem('must give the text, or how many words it has');
  if (keywords === undefined) return undefined;
  if (keywords > KEYWORDS.length) {
    return problem(`must be at most ${KEYWORDS.length}: there are no more`, 'keywords');
  }
  if (words >= needed(keywords)) return undefined;
  return problem(`must be at least ${needed(keywords)} to hold ${keywords} different keywords`, 'words');
}
