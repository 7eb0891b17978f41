/**
 * One character that leaves no mark on a page: control characters, white space, everything that Unicode asks
 * to draw nothing for (zero-width spaces and joiners, soft hyphens, fillers, variation selectors, tags),
 * the empty Braille pattern and the anchors of interlinear notes.
 */
const INVISIBLE = '\\p{Cc}\\p{Z}\\p{Default_Ignorable_Code_Point}\\u2800\\uFFF9-\\uFFFB';

const VISIBLE = new RegExp(`[^${INVISIBLE}]`, 'u');

/** The number of words of `text`: its parts between white space that have any visible character. */
export function countWords(text: string): number {
  return text.split(/\s+/).filter((part) => VISIBLE.test(part)).length;
}
