import type { Condition, RuleGroup } from '../rule-types.ts';

/*
 * The thresholds of reasoning styles. They are the product's own convention, agreed for interpreter 1.0.0,
 * not research findings.
 */
const DETAILED_WORDS_FROM = 50;
/** Depth score: words, weighted up to one and a half times by the logical keywords among them. */
const STRUCTURED_DEPTH_FROM = 60;

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
  threshold: STRUCTURED_DEPTH_FROM,
  evidence: `${depthReads}, at or above the mark of {threshold} for structured reasoning.`,
};

const unstructuredReasoning: Condition = {
  metric: 'reasoning_metrics.reasoning_depth_score',
  comparison: '<',
  threshold: STRUCTURED_DEPTH_FROM,
  evidence: `${depthReads}, below the mark of {threshold} for structured reasoning.`,
};

const detailedReasoning: Condition = {
  metric: 'reasoning_metrics.word_count',
  comparison: '>=',
  threshold: DETAILED_WORDS_FROM,
  evidence: `${wordsRead}, at or above the mark of {threshold} for detailed reasoning.`,
};

const briefReasoning: Condition = {
  metric: 'reasoning_metrics.word_count',
  comparison: '<',
  threshold: DETAILED_WORDS_FROM,
  evidence: `${wordsRead}, below the mark of {threshold} for detailed reasoning.`,
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
