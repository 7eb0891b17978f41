/** Words and phrases that tie one thought to another; the contract's list, in its order. */
export const LOGICAL_KEYWORDS = [
  'because',
  'therefore',
  'however',
  'although',
  'considering',
  'firstly',
  'secondly',
  'finally',
  'in contrast',
  'as a result',
  'given that',
  'on the other hand',
  'weighing',
  'analyzing',
] as const;

/**
 * Anything that continues a word, in any script. An underscore does not: `_because_` is emphasis in many
 * front ends. Neither does a hyphen or an apostrophe.
 */
const WORD_CHARACTER = '[\\p{L}\\p{M}\\p{N}]';

const PATTERNS = LOGICAL_KEYWORDS.map((keyword) => {
  const words = keyword.replaceAll(' ', '\\s+');
  return new RegExp(`(?<!${WORD_CHARACTER})${words}(?!${WORD_CHARACTER})`, 'iu');
});

const SOFT_HYPHENS = /\u00AD/g;

/**
 * How many different logical keywords occur in `text`, each counted once however often it occurs: as
 * whole words (`because,` counts, `becauseful` does not), phrases over any white space, in any case.
 * What only looks different in type is the same: ligatures, full-width letters, no-break spaces, soft
 * hyphens. Spelling is not touched: `analysing` is another word.
 */
export function countLogicalKeywords(text: string): number {
  const plain = text.normalize('NFKC').replace(SOFT_HYPHENS, '');
  return PATTERNS.filter((pattern) => pattern.test(plain)).length;
}
