import type { ObjectId } from 'mongodb';
import {
  arrayOf,
  bool,
  type CollectionDefinition,
  closed,
  date,
  number,
  objectId,
  oneOf,
  orNull,
  text,
  wholeNumber,
} from '../database/definition.ts';
import { MARK_NAMES, type TaskMarks } from './general-marks.ts';
import { RISK_TAGS, type RiskTag, TASK_CATEGORIES, type TaskCategory } from './task.ts';

/** One version of a task; never changed after it is made but for `is_active`. */
export interface TaskDocument {
  _id: ObjectId;
  task_code: string;
  version: number;
  title: string;
  description: string;
  scenario: string;
  category: TaskCategory;
  time_limit_seconds: number | null;
  option_ids: ObjectId[];
  requires_reasoning: boolean;
  /** Absent in tasks of earlier releases. */
  marks?: TaskMarks;
  is_active: boolean;
  created_at: Date;
  updated_at: Date;
}

export interface OptionDocument {
  _id: ObjectId;
  task_id: ObjectId;
  option_code: string;
  label: string;
  description: string;
  risk_tag: RiskTag;
  metadata: { trade_off_type: string; domain: string };
  display_order: number;
}

export const tasks: CollectionDefinition<TaskDocument> = {
  name: 'tasks',
  schema: closed(
    {
      _id: objectId,
      task_code: text,
      version: wholeNumber,
      title: text,
      description: text,
      scenario: text,
      category: oneOf(TASK_CATEGORIES),
      time_limit_seconds: orNull(wholeNumber),
      option_ids: arrayOf(objectId),
      requires_reasoning: bool,
      marks: {
        bsonType: 'object',
        properties: Object.fromEntries(MARK_NAMES.map((name) => [name, number])),
        additionalProperties: false,
      },
      is_active: bool,
      created_at: date,
      updated_at: date,
    },
    ['marks'],
  ),
  indexes: [
    { name: 'task_code_version', key: { task_code: 1, version: 1 }, unique: true },
    { name: 'category_active', key: { category: 1, is_active: 1 } },
    // For the list: first the filter's fields, then the order of the pages.
    { name: 'list', key: { category: 1, is_active: 1, task_code: 1, version: -1 } },
    { name: 'list_of_code', key: { task_code: 1, version: -1 } },
  ],
};

export const options: CollectionDefinition<OptionDocument> = {
  name: 'options',
  schema: closed({
    _id: objectId,
    task_id: objectId,
    option_code: text,
    label: text,
    description: text,
    risk_tag: oneOf(RISK_TAGS),
    metadata: closed({ trade_off_type: text, domain: text }),
    display_order: wholeNumber,
  }),
  indexes: [{ name: 'task_option_code', key: { task_id: 1, option_code: 1 }, unique: true }],
};
