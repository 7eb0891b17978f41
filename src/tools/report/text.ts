import { stripVTControlCharacters, type styleText } from 'node:util';

/** Columns of a line at most: as many as read well, or as the terminal has. */
export const LINE_WIDTH = Math.min(96, process.stdout.columns || 96);
/** Columns of wrapped text: two are left for an indent. */
const TEXT_WIDTH = LINE_WIDTH - 2;
/** However little room there is, so many columns are used. */
const LEAST_WIDTH = 10;

/** Gives words a look on a terminal, or leaves them plain where no colours are wanted. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/**
 * Lines that fit into a line of the terminal with an indent of two. `first` stands before the first; the others are
 * indented as far. A word that is too long for a line is broken.
 */
export function wrap(text: string, first = ''): string[] {
  const width = Math.max(LEAST_WIDTH, TEXT_WIDTH - columnsOf(first));
  const lines: string[] = [];
  let line: string | undefined;
  for (const word of text.split(' ').flatMap((each) => partsOf(each, width))) {
    const longer: string = line === undefined ? word : `${line} ${word}`;
    if (line === undefined || columnsOf(longer) <= width) line = longer;
    else {
      lines.push(line.trimEnd());
      line = word === '' ? undefined : word;
    }
  }
  const indent = ' '.repeat(columnsOf(first));
  return [...lines, line ?? ''].map((each, index) => (index === 0 ? first : indent) + each);
}

const characters = new Intl.Segmenter();
/** Characters of two columns: emoji, and the scripts of East Asia. */
const WIDE =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\u{20000}-\u{3fffd}]/u;

/** How many columns of a terminal a text takes, without what only colours it. */
function columnsOf(text: string): number {
  const plain = stripVTControlCharacters(text);
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length;
  return Array.from(characters.segment(plain), ({ segment }) => (WIDE.test(segment) ? 2 : 1)).reduce<number>(
    (sum, columns) => sum + columns,
    0,
  );
}

/** A word, in parts of at most `width` columns. */
function partsOf(word: string, width: number): string[] {
  if (columnsOf(word) <= width) return [word];
  const parts = [''];
  for (const { segment } of characters.segment(word)) {
    const longer = parts.at(-1) + segment;
    if (columnsOf(longer) <= width) parts[parts.length - 1] = longer;
    else parts.push(segment);
  }
  return parts;
}

/** Milliseconds as `4.20 s`, with so many decimals and correctly rounded: 9 950 ms are 10.0 s, not 9.9 s. */
export function seconds(ms: number, decimals: 0 | 1 | 2 | 3): string {
  // Rounded while whole: 9.95 is a little less in floating point, and toFixed would round that down.
  const unit = 10 ** (3 - decimals);
  return `${((Math.round(ms / unit) * unit) / 1_000).toFixed(decimals)} s`;
}

/** Milliseconds for reading: `4.2 s`, `12 s` where they are whole and, from a minute on, `1 min 25 s`. */
export function duration(ms: number): string {
  if (ms < 59_950) return seconds(ms, ms % 1_000 === 0 ? 0 : 1);
  const whole = Math.round(ms / 1_000);
  const rest = whole % 60 === 0 ? '' : ` ${whole % 60} s`;
  return `${Math.floor(whole / 60)} min${rest}`;
}

/** `not_started` as `not started`. */
export const asWords = (name: string): string => name.replaceAll('_', ' ');

/** `a`, `a and b`, `a, b and c`. */
export const listed = (items: readonly string[]): string => new Intl.ListFormat('en-GB').format(items);
