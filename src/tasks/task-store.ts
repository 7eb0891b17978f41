import { LRUCache } from 'lru-cache';
import { type Collection, type Filter, ObjectId } from 'mongodb';
import { isDuplicateKey } from '../database/errors.ts';
import { takePage } from '../database/page-bound.ts';
import { cursorOf, type Page, type PageRequest, readPage } from '../database/pages.ts';
import { duplicate, notFound, validationFailed } from '../errors.ts';
import type { OptionDocument, TaskDocument } from './collections.ts';
import { TASKS_BY_CODE, type TaskContent, type TaskEdit, type TaskFilter } from './schemas.ts';
import { TASK_CATEGORIES, type Task } from './task.ts';
import { type CurrentTask, judgeEdit, type ReadVersion, staleEdit } from './task-edit.ts';

/** Maximum size of the tasks that are kept in memory, in characters of JSON: thousands of usual ones. */
const CACHE_SIZE = 16 * 1024 * 1024;
/** How many tasks of a page get their options by one query. A task may have half a megabyte. */
const GROUP = 25;

/** Tasks and their options. A version is immutable but for `is_active`. */
export class TaskStore {
  readonly #tasks: Collection<TaskDocument>;
  readonly #options: Collection<OptionDocument>;
  readonly #cache = new LRUCache<string, Task>({
    maxSize: CACHE_SIZE,
    sizeCalculation: (task) => JSON.stringify(task).length,
  });

  constructor(tasks: Collection<TaskDocument>, options: Collection<OptionDocument>) {
    this.#tasks = tasks;
    this.#options = options;
  }

  /** One version with its options. `is_active` may be out of date; use `isActive` where it decides. */
  async find(task_id: string): Promise<Task | undefined> {
    return this.#cache.get(task_id) ?? this.#readVersion(task_id);
  }

  /** @throws Refusal 404 `not_found` */
  async get(task_id: string): Promise<Task> {
    const task = await this.find(task_id);
    if (!task) throw notFound(`There is no task ${task_id}.`);
    return task;
  }

  /** Like `get`, but past the cache, so that `is_active` is that of now. @throws Refusal 404 `not_found` */
  async read(task_id: string): Promise<Task> {
    const task = await this.#readVersion(task_id);
    if (!task) throw notFound(`There is no task ${task_id}.`);
    return task;
  }

  /** Reads past the cache whether new attempts may be made at this version. */
  async isActive(task_id: string): Promise<boolean> {
    const found = await this.#tasks.findOne({ _id: new ObjectId(task_id), is_active: true });
    return found !== null;
  }

  async isEmpty(): Promise<boolean> {
    return (await this.#tasks.findOne({}, { projection: { _id: 1 } })) === null;
  }

  /** The versions that fit, by code, the newest version of each first. */
  async list({ category, is_active, task_code }: TaskFilter, page: PageRequest): Promise<Page<Task>> {
    const which: Filter<TaskDocument> = {
      // Always given, so that one index serves every filter: its ranges are merged in order.
      category: category ?? { $in: [...TASK_CATEGORIES] },
      is_active: is_active ?? { $in: [true, false] },
      ...(task_code !== undefined && { task_code }),
    };
    // One task has few versions, so further filters on them need no index of their own.
    const index = task_code === undefined ? 'list' : 'list_of_code';
    const { items: found, next_cursor } = await readPage(this.#tasks, which, TASKS_BY_CODE, page, index);
    const { items, isCut } = await takePage(this.#withOptions(found), page.limit + 1);
    const last = found[items.length - 1];
    return { items, next_cursor: isCut && last ? cursorOf(last, TASKS_BY_CODE) : next_cursor };
  }

  /** Stores the first version of a new task. @throws Refusal 409 `duplicate` when there is one of its code */
  async create(content: TaskContent): Promise<Task> {
    const { task_code } = content;
    const isThere = (await this.#newest(task_code)) !== undefined;
    const task = isThere ? undefined : await this.#insert(content, 1);
    if (task) return task;
    throw duplicate(`There is a task "${task_code}" already; edit it with PUT /api/v1/tasks/{task_id}.`);
  }

  /**
   * Stores the next version of a task under an id of its own and closes the earlier ones for new tokens. Of several
   * edits of the same version, exactly one succeeds.
   * @param task_id of any version; it is the version that was edited unless `edit` or `ifMatch` names another
   * @returns the new version, and the id of the one it replaces
   * @throws Refusal 404 `not_found`; 409 `stale_version` if there is a newer version than the one edited; 422
   */
  async edit(
    task_id: string,
    edit: TaskEdit,
    ifMatch?: ReadVersion,
  ): Promise<{ task: Task; replaces: string }> {
    const { task_code, version } = await this.get(task_id);
    if (edit.version !== undefined && ifMatch && edit.version !== ifMatch.version) {
      const message = `is ${edit.version}, but If-Match names version ${ifMatch.version}; send one of them`;
      throw validationFailed([{ path: 'version', message }]);
    }
    const read = {
      version: edit.version ?? ifMatch?.version ?? version,
      is_active: ifMatch?.is_active ?? edit.is_active,
    };
    const current = await this.#current(task_code);
    const content = judgeEdit(edit, read, current);
    const task = await this.#insert(content, read.version + 1);
    if (!task) throw staleEdit(read.version, (await this.#current(task_code)).task);
    await this.#supersede(task_code, task.version);
    return { task, replaces: current.task.task_id };
  }

  /** Closes a version for new tokens. @returns what it is now @throws Refusal 404 `not_found` */
  async deactivate(task_id: string): Promise<Task> {
    const change = { $set: { is_active: false, updated_at: new Date() } };
    await this.#tasks.updateOne({ _id: new ObjectId(task_id) }, change);
    this.#cache.delete(task_id);
    return this.get(task_id);
  }

  /**
   * Stores a version and its options. The options come first: a task without its options is never seen.
   * @returns undefined if the task has this version already
   */
  async #insert(content: TaskContent, version: number): Promise<Task | undefined> {
    const { options, ...fields } = content;
    const _id = new ObjectId();
    const now = new Date();
    const documents = options.map<OptionDocument>((option, display_order) => {
      return { _id: new ObjectId(), task_id: _id, ...option, display_order };
    });
    await this.#options.insertMany(documents);
    try {
      const option_ids = documents.map((option) => option._id);
      await this.#tasks.insertOne({
        _id,
        ...fields,
        version,
        option_ids,
        is_active: true,
        created_at: now,
        updated_at: now,
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await this.#options.deleteMany({ task_id: _id });
      return undefined;
    }
    return this.get(_id.toHexString());
  }

  async #readVersion(task_id: string): Promise<Task | undefined> {
    const found = await this.#tasks.findOne({ _id: new ObjectId(task_id) });
    if (!found) return undefined;
    const task = await this.#withItsOptions(found);
    this.#cache.set(task_id, task);
    return task;
  }

  /** The newest version of a task that exists. */
  async #current(task_code: string): Promise<CurrentTask> {
    const newest = await this.#newest(task_code);
    if (!newest) throw new Error(`Task "${task_code}" is gone, although tasks are never deleted.`);
    const task = await this.#withItsOptions(newest);
    return { task, created_at: newest.created_at, updated_at: newest.updated_at };
  }

  async #newest(task_code: string): Promise<TaskDocument | undefined> {
    const [newest] = await this.#tasks.find({ task_code }).sort({ version: -1 }).limit(1).toArray();
    return newest;
  }

  /** Closes all versions of a task before this one for new tokens. */
  async #supersede(task_code: string, version: number): Promise<void> {
    const change = { $set: { is_active: false, updated_at: new Date() } };
    await this.#tasks.updateMany({ task_code, version: { $lt: version }, is_active: true }, change);
    this.#cache.clear();
  }

  async #withItsOptions(task: TaskDocument): Promise<Task> {
    return toTask(task, await this.#optionsOf([task]));
  }

  async *#withOptions(tasks: TaskDocument[]): AsyncGenerator<Task> {
    for (let start = 0; start < tasks.length; start += GROUP) {
      const group = tasks.slice(start, start + GROUP);
      const options = await this.#optionsOf(group);
      for (const task of group) {
        yield toTask(
          task,
          options.filter(({ task_id }) => task_id.equals(task._id)),
        );
      }
    }
  }

  #optionsOf(tasks: TaskDocument[]): Promise<OptionDocument[]> {
    const task_id = { $in: tasks.map(({ _id }) => _id) };
    return this.#options.find({ task_id }).sort({ task_id: 1, display_order: 1 }).toArray();
  }
}

function toTask(document: TaskDocument, options: OptionDocument[]): Task {
  const { _id, option_ids: _, created_at: __, updated_at: ___, ...task } = document;
  return {
    ...task,
    // Tasks of earlier releases have none.
    marks: task.marks ?? {},
    task_id: _id.toHexString(),
    options: options.map(({ _id, task_id: _, ...option }) => ({ ...option, option_id: _id.toHexString() })),
  };
}
