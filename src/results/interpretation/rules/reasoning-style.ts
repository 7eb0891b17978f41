import type { Condition, GeneralMarks, RuleGroup } from '../rule-types.ts';

/**
 * The general marks of reasoning styles: the product's own convention, agreed for interpreter 1.0.0 and kept in
 * 1.1.0, not research findings. Moving one is a new interpreter version. The contract's section 8.
 */
export const REASONING_MARKS = {
  /** From this depth score on reasoning is structured: words, weighted by the logical keywords among them. */
  structured_depth: 60,
  /** From so many words on reasoning is detailed. */
  detailed_words: 50,
} as const satisfies Partial<GeneralMarks>;

const depthReads =
  'The last submitted reasoning has a depth score of {actual} ({reasoning_metrics.word_count}, {reasoning_metrics.logical_keyword_count})';
const wordsRead = 'The last submitted reasoning has {actual}';

/** Without a sentence of its own: the other conditions say how much was submitted. */
const provided: Condition = {
  metric: 'reasoning_metrics.reasoning_provided',
  comparison: 'equals',
  threshold: true,
};

/** Decision styles look at it too. */
export const structuredReasoning: Condition = {
  metric: 'reasoning_metrics.reasoning_depth_score',
  comparison: '>=',
  threshold: { mark: 'structured_depth' },
  evidence: `${depthReads}, at or above {mark} for structured reasoning.`,
};

const unstructuredReasoning: Condition = {
  metric: 'reasoning_metrics.reasoning_depth_score',
  comparison: '<',
  threshold: { mark: 'structured_depth' },
  evidence: `${depthReads}, below {mark} for structured reasoning.`,
};

const detailedReasoning: Condition = {
  metric: 'reasoning_metrics.word_count',
  comparison: '>=',
  threshold: { mark: 'detailed_words' },
  evidence: `${wordsRead}, at or above {mark} for detailed reasoning.`,
};

const briefReasoning: Condition = {
  metric: 'reasoning_metrics.word_count',
  comparison: '<',
  threshold: { mark: 'detailed_words' },
  evidence: `${wordsRead}, below {mark} for detailed reasoning.`,
};

export const reasoningStyle = {
  rules: [
    {
      rule: 'reasoning_style.structured',
      skill_code: 'STRUCTURED_REASONING',
      skill_label: 'Structured Communicator',
      style: 'structured',
      confidence: 'strong',
      conditions: [provided, structuredReasoning],
    },
    {
      rule: 'reasoning_style.detailed',
      skill_code: 'DETAILED_REASONING',
      skill_label: 'Detailed Communicator',
      style: 'detailed',
      confidence: 'moderate',
      conditions: [provided, detailedReasoning],
    },
    {
      // Spelled out where "otherwise" would do, so that its explanation shows why it holds.
      rule: 'reasoning_style.concise',
      skill_code: 'CONCISE_REASONING',
      skill_label: 'Concise Communicator',
      style: 'brief',
      confidence: 'moderate',
      conditions: [provided, briefReasoning, unstructuredReasoning],
    },
  ],
  otherwise: 'none',
} as const satisfies RuleGroup;
