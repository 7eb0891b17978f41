import type { Condition, RuleGroup } from '../rule-types.ts';

/* The thresholds are marks that a task may set for itself; their general values stand in `tasks/task.ts`. */

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
