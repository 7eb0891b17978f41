import { LRUCache } from 'lru-cache';
import { type Collection, ObjectId } from 'mongodb';
import { isDuplicateKey } from '../database/errors.ts';
import { type Page, type PageRequest, readPage } from '../database/pages.ts';
import { duplicate, notFound } from '../errors.ts';
import type { OptionDocument, TaskDocument } from './collections.ts';
import { TASKS_BY_CODE, type TaskContent, type TaskEdit, type TaskFilter } from './schemas.ts';
import type { Task } from './task.ts';

/** Tasks and their options. A version is immutable but for `is_active`. */
export class TaskStore {
  readonly #tasks: Collection<TaskDocument>;
  readonly #options: Collection<OptionDocument>;
  readonly #cache = new LRUCache<string, Task>({ max: 1000 });

  constructor(tasks: Collection<TaskDocument>, options: Collection<OptionDocument>) {
    this.#tasks = tasks;
    this.#options = options;
  }

  /** One version with its options. `is_active` may be out of date; use `isActive` where it decides. */
  async find(task_id: string): Promise<Task | undefined> {
    const cached = this.#cache.get(task_id);
    if (cached) return cached;
    const found = await this.#tasks.find({ _id: new ObjectId(task_id) }).toArray();
    const [task] = await this.#withOptions(found);
    if (task) this.#cache.set(task_id, task);
    return task;
  }

  /** @throws Refusal 404 `not_found` */
  async get(task_id: string): Promise<Task> {
    const task = await this.find(task_id);
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
  async list(filter: TaskFilter, page: PageRequest): Promise<Page<Task>> {
    const which = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
    const { items, next_cursor } = await readPage(this.#tasks, which, TASKS_BY_CODE, page);
    return { items: await this.#withOptions(items), next_cursor };
  }

  /** Stores the first version of a new task. @throws Refusal 409 `duplicate` when there is one of its code */
  async create(content: TaskContent): Promise<Task> {
    const { task_code } = content;
    if ((await this.#latestVersion(task_code)) > 0) {
      throw duplicate(`There is a task "${task_code}" already; edit it with PUT /api/v1/tasks/{task_id}.`);
    }
    return this.#insert(content, 1);
  }

  /**
   * Stores the next version of a task under an id of its own and closes the earlier ones for new tokens.
   * @param task_id of any version
   * @throws Refusal 404 `not_found`; 409 `duplicate` when somebody else has edited the task at the same moment
   */
  async edit(task_id: string, edit: TaskEdit): Promise<Task> {
    const { task_code } = await this.get(task_id);
    const version = (await this.#latestVersion(task_code)) + 1;
    const task = await this.#insert({ task_code, ...edit }, version);
    await this.#supersede(task_code, version);
    return task;
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
   * @throws Refusal 409 `duplicate` when the task has this version already.
   */
  async #insert(content: TaskContent, version: number): Promise<Task> {
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
      throw duplicate(`Task "${fields.task_code}" has a version ${version} already.`);
    }
    return this.get(_id.toHexString());
  }

  /** The highest version number of a task code; 0 where there is none. */
  async #latestVersion(task_code: string): Promise<number> {
    const [latest] = await this.#tasks.find({ task_code }).sort({ version: -1 }).limit(1).toArray();
    return latest?.version ?? 0;
  }

  /** Closes all versions of a task before this one for new tokens. */
  async #supersede(task_code: string, version: number): Promise<void> {
    const change = { $set: { is_active: false, updated_at: new Date() } };
    await this.#tasks.updateMany({ task_code, version: { $lt: version }, is_active: true }, change);
    this.#cache.clear();
  }

  async #withOptions(tasks: TaskDocument[]): Promise<Task[]> {
    const options = await this.#options
      .find({ task_id: { $in: tasks.map(({ _id }) => _id) } })
      .sort({ task_id: 1, display_order: 1 })
      .toArray();
    return tasks.map((task) =>
      toTask(
        task,
        options.filter(({ task_id }) => task_id.equals(task._id)),
      ),
    );
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
