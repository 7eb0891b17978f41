/** Characters of a line at most. */
export const LINE_WIDTH = 96;

/** How words may look on a terminal; each of them is plain text where colours are not wanted. */
export interface Paint {
  strong(text: string): string;
  faint(text: string): string;
  good(text: string): string;
  warning(text: string): string;
}

const sgr = (code: number) => (text: string) => `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string) => text;

export const COLOURS: Paint = { strong: sgr(1), faint: sgr(2), good: sgr(32), warning: sgr(33) };
export const NO_COLOURS: Paint = { strong: plain, faint: plain, good: plain, warning: plain };

/**
 * `text` in lines of at most `LINE_WIDTH` characters.
 * @param first stands before the first line; the others are indented as far.
 */
export function wrap(text: string, first = ''): string[] {
  const indent = ' '.repeat(first.length);
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const empty = line === first || line === indent;
    if (!empty && line.length + 1 + word.length > LINE_WIDTH) {
      lines.push(line);
      line = indent + word;
    } else {
      line += empty ? word : ` ${word}`;
    }
  }
  return [...lines, line];
}

/** Milliseconds as `4.2 s` or `1 min 25 s`. */
export function inSeconds(ms: number): string {
  if (ms < 59_950) return `${(ms / 1_000).toFixed(ms < 9_950 && ms % 1_000 !== 0 ? 1 : 0)} s`;
  const seconds = Math.round(ms / 1_000);
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** `not_started` as `not started`. */
export const asWords = (name: string): string => name.replaceAll('_', ' ');

/** `a`, `a and b`, `a, b and c`. */
export function listed(items: readonly string[]): string {
  const last = items.at(-1) ?? '';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} and ${last}`;
}
