import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countLogicalKeywords, LOGICAL_KEYWORDS } from '../../../src/results/metrics/logical-keywords.ts';

describe('each of the fourteen keywords', () => {
  const listed = [
    ...['because', 'therefore', 'however', 'although', 'considering', 'firstly', 'secondly', 'finally'],
    ...['in contrast', 'as a result', 'given that', 'on the other hand', 'weighing', 'analyzing'],
  ];

  it.each(listed)('%s counts', (keyword) => {
    expect(countLogicalKeywords(`Well, ${keyword} this.`)).toBe(1);
  });

  it('all together count fourteen', () => {
    expect(countLogicalKeywords(listed.join(' '))).toBe(14);
    expect(LOGICAL_KEYWORDS).toEqual(listed);
  });
});

it.each([
  ['because, of that', 1],
  ['Because', 1],
  ['BECAUSE of that', 1],
  ['(because)', 1],
  ['“because”', 1],
  ['_because_', 1],
  ['safe;therefore cheap', 1],
  ['because because Because', 1],
  ['because, therefore and because', 2],
  ['in   contrast', 1],
  ['as a\nresult', 1],
  ['on\tthe other\u00A0hand', 1],
  ['be\u00ADcause', 1], // a soft hyphen
  ['ﬁnally', 1], // one letter for fi
  ['ｂｅｃａｕｓｅ', 1], // full width
])('%j has %d', (text, count) => {
  expect(countLogicalKeywords(text)).toBe(count);
});

it.each([
  'becauseful',
  'abecause',
  'because2',
  'becauseé',
  'écause becausе', // the last letter is Cyrillic
  'becaus',
  'be cause',
  'incontrast',
  'in-contrast',
  'contrast',
  'in no contrast',
  'given, that',
  'on the one hand',
  'analysing',
  'outweighing',
  '',
])('%j has none', (text) => {
  expect(countLogicalKeywords(text)).toBe(0);
});

it('is not changed by case', () => {
  const word = fc.oneof(fc.constantFrom(...LOGICAL_KEYWORDS), fc.stringMatching(/^[a-z ,.;]{0,12}$/));
  fc.assert(
    fc.property(fc.array(word), fc.infiniteStream(fc.boolean()), (words, upper) => {
      const text = words.join(' ');
      const mixed = [...text].map((letter) => (upper.next().value ? letter.toUpperCase() : letter)).join('');
      expect(countLogicalKeywords(mixed)).toBe(countLogicalKeywords(text));
    }),
  );
});

it('counts exactly the different keywords among other words, in any order and number', () => {
  const filler = fc.constantFrom('the', 'option', 'safe', 'risk,', 'and.');
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.constantFrom(...LOGICAL_KEYWORDS), filler)), (words) => {
      const keywords = new Set(words.filter((word) => LOGICAL_KEYWORDS.some((keyword) => keyword === word)));
      expect(countLogicalKeywords(words.join(' '))).toBe(keywords.size);
    }),
  );
});
