import type { TaskMarks } from './general-marks.ts';

export const TASK_CATEGORIES = ['prioritization', 'risk_assessment', 'resource_allocation'] as const;
export type TaskCategory = (typeof TASK_CATEGORIES)[number];

export const RISK_TAGS = ['low', 'medium', 'high'] as const;
export type RiskTag = (typeof RISK_TAGS)[number];

/** One choice of a task. `risk_tag` and `metadata` are for staff only until an attempt is completed. */
export interface TaskOption {
  option_id: string;
  option_code: string;
  label: string;
  description: string;
  risk_tag: RiskTag;
  metadata: { trade_off_type: string; domain: string };
  display_order: number;
}

/** One immutable version of a task with its options in display order. Ids are 24 hex digits. */
export interface Task {
  task_id: string;
  task_code: string;
  /** 1, 2 …; an edit makes the next version under a new id. */
  version: number;
  title: string;
  description: string;
  scenario: string;
  category: TaskCategory;
  /** Soft limit: exceeding it sets a quality flag and refuses nothing. */
  time_limit_seconds: number | null;
  requires_reasoning: boolean;
  /** For staff only: how a choice is going to be read. Empty where the general marks hold. */
  marks: TaskMarks;
  is_active: boolean;
  options: TaskOption[];
}
