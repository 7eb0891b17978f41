import { REASONING_LIMIT } from '../../../events/reasoning-limit.ts';
import { LOGICAL_KEYWORDS } from '../../metrics/logical-keywords.ts';

/* What a submitted text can hold: words of at least one character, each followed by white space but the last. */

const IN_WORDS = LOGICAL_KEYWORDS.map((keyword) => keyword.split(' '));
/** The words of each keyword, the shortest first: singles, then phrases. */
const WORDS_OF_EACH = IN_WORDS.map((words) => words.length).sort((a, b) => a - b);
/** By how many characters each keyword is longer than so many words of one character, the shortest first. */
const EXTRA_CHARACTERS = IN_WORDS.map((words) => words.join('').length - words.length).sort((a, b) => a - b);

/** The fewest words that hold so many different logical keywords, none of them sharing a word. */
export function wordsNeededFor(keywords: number): number {
  return sum(WORDS_OF_EACH.slice(0, keywords));
}

/** The most words of a text with so many different logical keywords. */
export function mostWordsWith(keywords: number): number {
  return Math.floor((REASONING_LIMIT + 1 - sum(EXTRA_CHARACTERS.slice(0, keywords))) / 2);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
