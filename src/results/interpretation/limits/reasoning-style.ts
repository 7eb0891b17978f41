import { figureOf } from '../figures.ts';
import type { Limit } from './limit.ts';

/** Length alone reaches the mark for structured reasoning: of real people's texts 79 to 96 % have no keyword. */
const noLogicalKeyword = {
  code: 'no_logical_keyword',
  holds: ({ summary, values }) =>
    summary.reasoning_style === 'structured' && values['reasoning_metrics.logical_keyword_count'] === 0,
  evidence: ({ values }) =>
    `The last submitted reasoning has ${figureOf(values, 'reasoning_metrics.word_count')} and ${figureOf(values, 'reasoning_metrics.logical_keyword_count')}, so its depth score of ${figureOf(values, 'reasoning_metrics.reasoning_depth_score')} rests on its length alone.`,
  note: () => 'the depth score rests on the length of the text alone',
} as const satisfies Limit;

const unspacedScript = {
  code: 'unspaced_script',
  holds: ({ summary, flags }) => summary.reasoning_style !== 'none' && flags.includes('unspaced_script'),
  evidence: ({ values }) =>
    `The last submitted reasoning is mostly in a script that writes no spaces, so its count of ${figureOf(values, 'reasoning_metrics.word_count')} says little about its length.`,
  note: () =>
    'the reasoning is mostly in a script that writes no spaces, so its word count says little about its length',
} as const satisfies Limit;

export const reasoningLimits = [noLogicalKeyword, unspacedScript] as const;
