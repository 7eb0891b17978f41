const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const [OPEN_LIST, OPEN_OBJECT, CLOSE_LIST, CLOSE_OBJECT] = [0x5b, 0x7b, 0x5d, 0x7d];
const BLANKS = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * How many bytes each item of a list takes as it was posted, without the blanks around it. What a value takes when it
 * is written again says nothing about that: `\u00e4` gets shorter, and `1e20` longer.
 * @param json valid JSON in UTF-8: an object whose only field is the list
 */
export function sizesOfItems(json: Uint8Array): number[] {
  let sizes: number[] = [];
  let depth = 0;
  let [first, last] = [-1, -1];
  for (let at = 0; at < json.length; at += 1) {
    const byte = json[at] as number;
    if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) depth -= 1;
    if (first >= 0 && ((depth === 2 && byte === COMMA) || depth < 2)) {
      sizes.push(last - first + 1);
      first = -1;
    } else if (depth >= 2 && !BLANKS.has(byte)) {
      if (first < 0) first = at;
      last = at;
    }
    if (byte === QUOTE) {
      at = endOfText(json, at);
      last = at;
    }
    if (byte === OPEN_LIST || byte === OPEN_OBJECT) depth += 1;
    // A field may be there twice; then the last one counts, as in `JSON.parse`.
    if (byte === OPEN_LIST && depth === 2) sizes = [];
  }
  return sizes;
}

/** The place of the quote that ends the text which begins at `start`. */
function endOfText(json: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
