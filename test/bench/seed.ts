import { randomBytes } from 'node:crypto';
import { ObjectId } from 'mongodb';
import { currentMachine } from '../../machines/index.ts';
import { users } from '../../src/accounts/collections.ts';
import { TokenSigner } from '../../src/accounts/jwt.ts';
import type { AttemptStatus } from '../../src/attempts/attempt.ts';
import { taskAttempts } from '../../src/attempts/stored/collection.ts';
import { schema } from '../../src/collections.ts';
import { type Database, openDatabase } from '../../src/database/connection.ts';
import { behaviorEvents } from '../../src/journal/collection.ts';
import { createLog } from '../../src/log.ts';
import { options, tasks } from '../../src/tasks/collections.ts';
import { exampleTasks } from '../../src/tasks/example-tasks.ts';
import type { Task } from '../../src/tasks/task.ts';
import { TaskStore } from '../../src/tasks/task-store.ts';
import { type Act, playedActs } from './acts.ts';
import type { Place } from './processes.ts';

/** An attempt that is open for its candidate. */
export interface SeededAttempt {
  attempt_id: string;
  token: string;
  task: Task;
  /** Events that are stored already. */
  stored: number;
}

/** Documents per insert. */
const GROUP = 1000;
const DAY_MS = 86_400_000;
/** Prefilling need not wait for the disk, because nothing is acknowledged. */
const QUICK = { ordered: false, writeConcern: { w: 1, j: false } } as const;

/** Puts attempts and events straight into the database, as if redeemed and recorded a while ago. */
export class Seeder {
  readonly database: Database;
  readonly #signer: TokenSigner;
  readonly #staff = new ObjectId();
  readonly task: Task;

  private constructor(database: Database, signer: TokenSigner, task: Task) {
    this.database = database;
    this.#signer = signer;
    this.task = task;
  }

  static async open({ mongodbUri, mongodbDatabase, jwtSecret }: Place): Promise<Seeder> {
    const database = await openDatabase({
      uri: mongodbUri,
      name: mongodbDatabase,
      schema,
      log: createLog('warn'),
    });
    const [content] = exampleTasks;
    if (!content) throw new Error('There is no example task.');
    const task = await new TaskStore(database.collection(tasks), database.collection(options)).create(
      content,
    );
    const seeder = new Seeder(database, new TokenSigner(jwtSecret), task);
    await database.collection(users).insertOne({ ...account('recruiter'), _id: seeder.#staff });
    return seeder;
  }

  /** A token for everything that staff may read. */
  get staffToken(): string {
    return this.#signer.signAccessToken({ user_id: this.#staff.toHexString(), role: 'recruiter' });
  }

  /** @param acts the events that each attempt already has; the stored attempts agree with them. */
  async attempts(count: number, acts: readonly Act[] = [], isLocked = false): Promise<SeededAttempt[]> {
    const seeded: SeededAttempt[] = [];
    for (let done = 0; done < count; done += GROUP) {
      seeded.push(...(await this.#group(Math.min(GROUP, count - done), acts, isLocked)));
    }
    return seeded;
  }

  /** Attempts that do not exist in the database, for servers that do not look there. */
  unstored(count: number): SeededAttempt[] {
    return Array.from({ length: count }, () => this.#open(new ObjectId(), 0));
  }

  #open(_id: ObjectId, stored: number): SeededAttempt {
    const attempt_id = _id.toHexString();
    const expires_at = new Date(Date.now() + DAY_MS);
    const token = this.#signer.signAttemptToken({ user_id: attempt_id, attempt_id, expires_at });
    return { attempt_id, token, task: this.task, stored };
  }

  /** `count` events in completed and locked attempts. @returns the id of one of them. */
  async history(count: number): Promise<string | undefined> {
    const acts = playedActs(this.task);
    const [first] = await this.attempts(Math.ceil(count / acts.length), acts, true);
    return first?.attempt_id;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async #group(count: number, acts: readonly Act[], is_locked: boolean): Promise<SeededAttempt[]> {
    const now = Date.now();
    const ids = Array.from({ length: count }, () => new ObjectId());
    const at = (index: number) => new Date(now - (acts.length - index) * 1000);
    const status: AttemptStatus = is_locked ? 'completed' : acts.length > 0 ? 'in_progress' : 'pending';
    await this.database.collection(users).insertMany(
      ids.map((_id) => ({ ...account('candidate'), _id })),
      QUICK,
    );
    await this.database.collection(taskAttempts).insertMany(
      ids.map((_id) => ({
        _id,
        attempt_token_hash: randomBytes(32).toString('base64url'),
        user_id: _id,
        status,
        is_locked,
        task_id: new ObjectId(this.task.task_id),
        issued_by: this.#staff,
        candidate_email: null,
        machine_id: currentMachine.id,
        redeemed_at: at(-1),
        created_at: at(-2),
        revoked_at: null,
        started_at: acts.length > 0 ? at(0) : null,
        completed_at: is_locked ? at(acts.length) : null,
        final_selection: null,
        reasoning_text: null,
        expires_at: new Date(now + DAY_MS),
      })),
      QUICK,
    );
    const events = ids.flatMap((attempt_id) =>
      acts.map(({ event_type, payload }, index) => ({
        _id: new ObjectId(),
        attempt_id,
        sequence_number: index + 1,
        event_type,
        payload,
        timestamp_client: at(index),
        timestamp_server: at(index),
        metadata: {},
      })),
    );
    for (let start = 0; start < events.length; start += 10 * GROUP) {
      await this.database
        .collection(behaviorEvents)
        .insertMany(events.slice(start, start + 10 * GROUP), QUICK);
    }
    return ids.map((_id) => this.#open(_id, acts.length));
  }
}

const account = (role: 'candidate' | 'recruiter') => {
  const now = new Date();
  return { role, is_active: true, created_at: now, updated_at: now };
};
