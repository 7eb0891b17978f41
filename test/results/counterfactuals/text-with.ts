import { countLogicalKeywords, LOGICAL_KEYWORDS } from '../../../src/results/metrics/logical-keywords.ts';
import { countWords } from '../../../src/results/metrics/words.ts';

const BY_WORDS = [...LOGICAL_KEYWORDS].sort((a, b) => a.split(' ').length - b.split(' ').length);
const BY_CHARACTERS = [...LOGICAL_KEYWORDS].sort((a, b) => extra(a) - extra(b));

function extra(keyword: string): number {
  return keyword.length + 1 - 2 * keyword.split(' ').length;
}

/**
 * A text of so many words with so many different logical keywords: written out, if the words suffice, or else going on
 * from `recorded`, which may have several keywords in one word.
 */
export function textWith(words: number, keywords: number, recorded: string): string {
  for (const order of [BY_WORDS, BY_CHARACTERS]) {
    const written = order.slice(0, keywords).flatMap((keyword) => keyword.split(' '));
    const text = filled(written, words);
    if (written.length <= words && text.length <= 5_000) return text;
  }
  const text = filled(recorded.split(/\s+/), words);
  if (countWords(text) === words && countLogicalKeywords(text) === keywords) return text;
  throw new Error(`There is no text of ${words} words with ${keywords} keywords.`);
}

function filled(begun: readonly string[], words: number): string {
  return [...begun, ...Array<string>(Math.max(0, words - begun.length)).fill('x')].join(' ');
}
