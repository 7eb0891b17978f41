/**
 * A letter of a script that writes no spaces between words: those for which Unicode's line breaking (UAX #14,
 * classes ID and SA) does not look for spaces. Korean is not among them: it writes spaces.
 */
const UNSPACED_SCRIPTS = [
  ...['Han', 'Hiragana', 'Katakana', 'Bopomofo', 'Yi', 'Tangut', 'Nushu'],
  ...['Thai', 'Lao', 'Khmer', 'Myanmar', 'Tai_Le', 'New_Tai_Lue', 'Tai_Tham', 'Tai_Viet', 'Ahom'],
];
const UNSPACED_LETTER = new RegExp(
  `(?=\\p{L})[${UNSPACED_SCRIPTS.map((name) => `\\p{Script_Extensions=${name}}`).join('')}]`,
  'gu',
);
const LETTER = /\p{L}/gu;
/** No script that writes no spaces has characters below Thai's; most texts need no closer look. */
const MAY_BE_UNSPACED = /[\u0e00-\uffff]/;

/**
 * Whether more than half of the letters of `text` belong to scripts that write no spaces, so that its parts
 * between white space are no words: a page of Japanese counts as one.
 */
export function isMostlyUnspaced(text: string): boolean {
  if (!MAY_BE_UNSPACED.test(text)) return false;
  const unspaced = text.match(UNSPACED_LETTER)?.length ?? 0;
  const letters = text.match(LETTER)?.length ?? 0;
  return unspaced * 2 > letters;
}
