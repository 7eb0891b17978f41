import { describe, expect, it } from 'vitest';
import { computeMetrics } from '../../../src/results/metrics/compute-metrics.ts';
import { depthScore } from '../../../src/results/metrics/reasoning-metrics.ts';
import { countWords } from '../../../src/results/metrics/words.ts';
import {
  completes,
  recorded,
  type Step,
  selects,
  starts,
  submitsReasoning,
  taskWith,
} from '../../support/recorded.ts';

const task = taskWith({ A: 'low', B: 'high' });

function reasoningOf(...submissions: Step[]) {
  const steps = [starts(0), selects(1_000, 'A'), ...submissions, completes(9_000, 'A')];
  return computeMetrics(recorded(task, steps), task).reasoning_metrics;
}

describe('what the candidate wrote', () => {
  it('is counted by the server, whatever the front end claims', () => {
    const text = 'I chose A because the outage hurts everyone; however, B is cheaper.';
    expect(reasoningOf(submitsReasoning(5_000, text, 400))).toEqual({
      reasoning_provided: true,
      word_count: 12,
      logical_keyword_count: 2,
      reasoning_depth_score: 14.4, // 12 × 1.2
    });
  });

  it('is nothing where nothing was submitted', () => {
    expect(reasoningOf()).toEqual({
      reasoning_provided: false,
      word_count: 0,
      logical_keyword_count: 0,
      reasoning_depth_score: 0,
    });
  });

  it('is not provided by a text of white space', () => {
    expect(reasoningOf(submitsReasoning(5_000, ' \n\t ')).reasoning_provided).toBe(false);
  });

  it('is what was submitted last', () => {
    const reasoning = reasoningOf(
      submitsReasoning(4_000, 'Because it is safer, and therefore cheaper.'),
      submitsReasoning(5_000, 'It is safer.'),
    );
    expect(reasoning).toMatchObject({ word_count: 3, logical_keyword_count: 0, reasoning_depth_score: 3 });
  });

  it('stays provided where the last submission emptied it', () => {
    const reasoning = reasoningOf(submitsReasoning(4_000, 'It is safer.'), submitsReasoning(5_000, ''));
    expect(reasoning).toMatchObject({ reasoning_provided: true, word_count: 0, reasoning_depth_score: 0 });
  });
});

it.each([
  ['', 0],
  ['   ', 0],
  ['one', 1],
  ['  two   words ', 2],
  ['over\nseveral\r\n\r\nlines\tand tabs', 5],
  ['no-break\u00A0space', 2],
  ['hyphen-ated and don’t', 3],
  ['a — dash', 3],
  ['数字 は 三', 3],
  ['zero \u200B width', 2],
  ['zero\u200Bwidth \u200B\u200C\u200D\u2060\uFEFF', 1],
  ['soft \u00AD hy\u00ADphen', 2],
  ['a\u0000 \u0007 control', 2],
  ['marks \u200E\u202A\u2066 of direction', 3],
  ['fillers \u3164 \uFFA0 \u115F and blanks \u2800', 3],
  ['selectors \uFE0F and ❤\uFE0F', 3],
  ['tags \u{E0020}\u{E007F}', 1],
  ['\u200B', 0],
])('the words of %j are %d', (text, words) => {
  expect(countWords(text)).toBe(words);
});

it.each([
  [0, 3, 0],
  [10, 0, 10],
  [10, 1, 11],
  [10, 3, 13], // 1 + 0.1 × 3 is 1.3000000000000003 or so in floating point
  [3, 1, 3.3],
  [10, 4, 14],
  [10, 5, 15],
  [10, 6, 15],
  [10, 14, 15],
  [50, 2, 60], // exactly the mark of structured reasoning
  [40, 5, 60],
])('%d words with %d keywords have depth %d', (words, keywords, depth) => {
  expect(depthScore(words, keywords)).toBe(depth);
});
