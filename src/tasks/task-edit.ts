import { type FieldError, staleVersion, validationFailed } from '../errors.ts';
import type { TaskContent, TaskEdit } from './schemas.ts';
import type { Task, TaskOption } from './task.ts';

/** The newest version of a task as it is stored now. */
export interface CurrentTask {
  task: Task;
  created_at: Date;
  updated_at: Date;
}

/** The version that somebody read before editing it. */
export interface ReadVersion {
  version: number;
  /** Absent where the editor does not say. */
  is_active?: boolean | undefined;
}

type EditedOption = TaskEdit['options'][number];

/**
 * Judges an edit by the version that is stored now, so that nobody overwrites what they have not read.
 * @param read the version that was edited
 * @returns the content of the next version, its options in the order of display
 * @throws Refusal 409 `stale_version`; 422 naming every field that an edit cannot change, and orders that disagree
 */
export function judgeEdit(edit: TaskEdit, read: ReadVersion, current: CurrentTask): TaskContent {
  refuseUnread(read, current.task);
  const { task_id: _, version: __, is_active: ___, created_at: ____, updated_at: _____, ...content } = edit;
  const options = optionsInOrder(edit.options, current.task.options);
  const errors = [...changedFields(edit, current), ...foreignIds(edit.options, current.task.options)];
  if (!options) {
    const message = 'the array and display_order give different orders; change only one of them';
    errors.push({ path: 'options', message });
  }
  if (!options || errors.length > 0) throw validationFailed(errors);
  return {
    ...content,
    task_code: current.task.task_code,
    options: options.map(({ option_id: _, display_order: __, ...option }) => option),
  };
}

/** @throws Refusal 409 `stale_version`, 422 */
function refuseUnread(read: ReadVersion, current: Task): void {
  if (read.version > current.version) {
    const message = `there is no version ${read.version}; the newest is ${current.version}`;
    throw validationFailed([{ path: 'version', message }]);
  }
  if (read.version < current.version) throw staleEdit(read.version, current);
  if (read.is_active && !current.is_active) {
    throw staleVersion(
      `Version ${current.version} of task "${current.task_code}" was deactivated after you read it. Leave out ` +
        'is_active (and If-Match) to make a new, active version all the same.',
      { current: { task_id: current.task_id, version: current.version } },
    );
  }
}

/** The refusal of an edit of a version that has been superseded. */
export function staleEdit(version: number, { task_id, task_code, version: newest }: Task) {
  return staleVersion(
    `Version ${version} of task "${task_code}" is not the newest any more: that is version ${newest}. ` +
      `Read it with GET /api/v1/tasks/${task_id}, and edit that.`,
    { current: { task_id, version: newest } },
  );
}

/** Fields that GET shows and no edit can change; sent back unchanged they are welcome. */
function changedFields(edit: TaskEdit, { task, created_at, updated_at }: CurrentTask): FieldError[] {
  const { task_id, task_code, is_active } = task;
  const stored = { task_id, task_code, is_active, created_at, updated_at };
  return Object.entries(stored).flatMap(([path, value]) => {
    const sent = edit[path as keyof typeof stored];
    if (sent === undefined || isSame(sent, value)) return [];
    const now = value instanceof Date ? value.toISOString() : value;
    const how = path === 'is_active' ? '; to close the version, POST …/deactivate' : '';
    return [{ path, message: `cannot be changed by an edit: it is ${JSON.stringify(now)}${how}` }];
  });
}

const isSame = (one: unknown, other: unknown): boolean =>
  one instanceof Date && other instanceof Date ? one.getTime() === other.getTime() : one === other;

/** Ids of options that do not belong to what they are sent with. */
function foreignIds(options: EditedOption[], current: TaskOption[]): FieldError[] {
  const ids = options.map(({ option_id }) => option_id);
  return options.flatMap(({ option_id, option_code }, index) => {
    if (option_id === undefined) return [];
    const path = `options.${index}.option_id`;
    const sameCode = current.find((option) => option.option_code === option_code);
    if (sameCode && sameCode.option_id !== option_id) {
      return [{ path, message: `cannot be changed: option "${option_code}" has ${sameCode.option_id}` }];
    }
    if (!current.some((option) => option.option_id === option_id)) {
      return [{ path, message: 'is not the id of an option of this version; leave it out for a new option' }];
    }
    return ids.indexOf(option_id) < index ? [{ path, message: 'is the id of another option, too' }] : [];
  });
}

/**
 * The options in the order of display. An editor may move them in the array or change `display_order`; the stored
 * order tells which of the two was done.
 * @returns undefined if both were done and disagree
 */
function optionsInOrder(options: EditedOption[], current: TaskOption[]): EditedOption[] | undefined {
  const storedOrder = ({ option_id, option_code }: EditedOption) =>
    current.find((each) => (option_id ? each.option_id === option_id : each.option_code === option_code))
      ?.display_order;
  const isRenumbered = (option: EditedOption) =>
    option.display_order !== undefined && option.display_order !== storedOrder(option);
  if (!options.some(isRenumbered)) return options;

  const numbers = options.map(({ display_order }) => display_order ?? Number.NaN);
  if (isAscending(numbers)) return options;
  const isClear = !numbers.includes(Number.NaN) && new Set(numbers).size === numbers.length;
  const kept = options.map(storedOrder).filter((order) => order !== undefined);
  if (!isClear || !isAscending(kept)) return undefined;
  return options.toSorted((one, other) => Number(one.display_order) - Number(other.display_order));
}

const isAscending = (numbers: number[]): boolean =>
  numbers.every((number, index) => index === 0 || number >= Number(numbers[index - 1]));
