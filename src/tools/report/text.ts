import type { styleText } from 'node:util';

/** Characters of a line at most. */
export const LINE_WIDTH = 96;

/** Gives words a look on a terminal, or leaves them plain where no colours are wanted. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

/** Lines of at most `LINE_WIDTH` characters. `first` stands before the first; the others are indented as far. */
export function wrap(text: string, first = ''): string[] {
  const width = LINE_WIDTH - first.length;
  const lines = text.match(new RegExp(`\\S.{0,${width - 1}}(?= |$)|\\S+`, 'g')) ?? [''];
  return lines.map((line, index) => (index === 0 ? first : ' '.repeat(first.length)) + line);
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
