/**
 * The thresholds of the rules that a task may set for itself, with the general value that holds where it does not.
 * The general values are the product's own convention, agreed for interpreter 1.0.0 and kept in 1.1.0, not research
 * findings: the contract's section 8. Moving one is a new interpreter version.
 */
export const GENERAL_MARKS = {
  /** Milliseconds; a first decision sooner than this is fast. */
  fast_first_decision_ms: 10_000,
  /** Milliseconds; a first decision later than this is slow. */
  slow_first_decision_ms: 30_000,
  /** Up to so many changes are few. */
  few_changes: 1,
  /** From so many changes on they are many. */
  many_changes: 3,
  /** The share of the task's options that must have been viewed at least once. */
  coverage_share: 0.8,
  /** Views for each option of the task, above which options were looked at again and again. */
  revisits_per_option: 2,
  /** From this depth score on reasoning is structured: words, weighted by the logical keywords among them. */
  structured_depth: 60,
  /** From so many words on reasoning is detailed. */
  detailed_words: 50,
} as const;
export type MarkName = keyof typeof GENERAL_MARKS;
/** In the order in which they are shown. */
export const MARK_NAMES = Object.keys(GENERAL_MARKS) as MarkName[];

/** A task's own marks; where it has none, the interpreter's general one holds. Times in milliseconds. */
export type TaskMarks = { [Name in MarkName]?: number };
