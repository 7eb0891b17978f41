import { LOGICAL_KEYWORDS } from '../../results/metrics/logical-keywords.ts';

/** A text as a step gives it: itself, or by its numbers. */
export interface WrittenReasoning {
  text?: string | undefined;
  words?: number | undefined;
  keywords?: number | undefined;
}

/** Keywords of a single word first, so that a short text can hold many. */
const KEYWORDS = [...LOGICAL_KEYWORDS].sort((a, b) => wordsIn(a) - wordsIn(b));

/** None of them is a keyword or can become part of one, in whatever order they stand. */
const FILLER =
  'we keep what works today and the team may try this option for some weeks before more people join'.split(
    ' ',
  );

/** The text of a step; what `reasoningProblem` finds fault with gives some text all the same. */
export function reasoningText({ text, words = 0, keywords = 0 }: WrittenReasoning): string {
  if (text !== undefined) return text;
  const chosen = KEYWORDS.slice(0, keywords);
  const missing = Math.max(0, words - needed(keywords));
  const filler = Array.from({ length: missing }, (_, index) => FILLER[index % FILLER.length] ?? '');
  // Each keyword stands before a share of the filler, so that the text reads a little like one.
  const share = Math.ceil(filler.length / Math.max(1, chosen.length));
  const parts = chosen.flatMap((keyword, index) => [
    keyword,
    ...filler.slice(index * share, (index + 1) * share),
  ]);
  return (chosen.length > 0 ? parts : filler).join(' ');
}

/** What is wrong with how a text is given, and at which field; undefined when nothing. */
export function reasoningProblem({
  text,
  words,
  keywords,
}: WrittenReasoning): { path: string[]; message: string } | undefined {
  if (text === undefined && words === undefined) {
    return { path: [], message: 'must give the text, or how many words it has' };
  }
  if (text !== undefined && (words !== undefined || keywords !== undefined)) {
    return { path: [words === undefined ? 'keywords' : 'words'], message: 'cannot be given beside text' };
  }
  if (keywords === undefined || words === undefined) return undefined;
  if (keywords > KEYWORDS.length) {
    return { path: ['keywords'], message: `must be at most ${KEYWORDS.length}: there are no more` };
  }
  if (words >= needed(keywords)) return undefined;
  return {
    path: ['words'],
    message: `must be at least ${needed(keywords)} to hold ${keywords} different keywords`,
  };
}

/** How many words the first so many keywords have together. */
function needed(keywords: number): number {
  return KEYWORDS.slice(0, keywords).reduce((sum, keyword) => sum + wordsIn(keyword), 0);
}

function wordsIn(phrase: string): number {
  return phrase.split(' ').length;
}
