import {
  type Collection,
  type Db,
  type Document,
  MongoServerError,
  type WriteConcernSettings,
} from 'mongodb';
import { impatient } from '../impatience.ts';
import { type AuditLogDocument, auditLog } from './audit-log.ts';
import { type BehaviorEventDocument, behaviorEvents } from './behavior-events.ts';
import type { CollectionDefinition } from './definition.ts';
import { type RefreshTokenDocument, refreshTokens } from './refresh-tokens.ts';
import {
  type ComputedMetricsDocument,
  computedMetrics,
  type SkillProfileDocument,
  skillProfiles,
} from './results.ts';
import { type ServerInstanceDocument, serverInstances } from './server-instances.ts';
import { type AttemptDocument, taskAttempts } from './task-attempts.ts';
import { type OptionDocument, options, type TaskDocument, tasks } from './tasks.ts';
import { type UserDocument, users } from './users.ts';

export interface Collections {
  users: Collection<UserDocument>;
  refreshTokens: Collection<RefreshTokenDocument>;
  tasks: Collection<TaskDocument>;
  options: Collection<OptionDocument>;
  taskAttempts: Collection<AttemptDocument>;
  behaviorEvents: Collection<BehaviorEventDocument>;
  computedMetrics: Collection<ComputedMetricsDocument>;
  skillProfiles: Collection<SkillProfileDocument>;
  auditLog: Collection<AuditLogDocument>;
  serverInstances: Collection<ServerInstanceDocument>;
}

export const definitions: readonly CollectionDefinition[] = [
  users,
  refreshTokens,
  tasks,
  options,
  taskAttempts,
  behaviorEvents,
  computedMetrics,
  skillProfiles,
  auditLog,
  serverInstances,
];

/**
 * The typed collections of `db`. Whatever is written is acknowledged as `writeConcern` says; every call is answered
 * or fails within `answerMs` milliseconds.
 */
export function collectionsOf(db: Db, writeConcern: WriteConcernSettings, answerMs: number): Collections {
  const durable = { ignoreUndefined: true, writeConcern };
  const open = <T extends Document>({ name }: CollectionDefinition, options = {}) =>
    impatient(db.collection<T>(name, options), answerMs);
  return {
    users: open(users, durable),
    refreshTokens: open(refreshTokens, durable),
    tasks: open(tasks, durable),
    options: open(options, durable),
    taskAttempts: open(taskAttempts, durable),
    behaviorEvents: open(behaviorEvents, durable),
    computedMetrics: open(computedMetrics, durable),
    skillProfiles: open(skillProfiles, durable),
    auditLog: open(auditLog, durable),
    serverInstances: open(serverInstances),
  };
}

/** Creates what is missing of every collection, validator and index; safe to run by several processes at once. */
export async function ensureCollections(db: Db): Promise<void> {
  const existing = await db.listCollections({}, { nameOnly: true }).toArray();
  const present = new Set(existing.map(({ name }) => name));
  for (const definition of definitions) {
    if (!present.has(definition.name)) await create(db, definition);
    await db.collection(definition.name).createIndexes(definition.indexes);
  }
}

const NAMESPACE_EXISTS = 48;

async function create(db: Db, { name, schema }: CollectionDefinition): Promise<void> {
  try {
    await db.createCollection(name, { validator: { $jsonSchema: schema } });
  } catch (error) {
    const madeByAnotherProcess = error instanceof MongoServerError && error.code === NAMESPACE_EXISTS;
    if (!madeByAnotherProcess) throw error;
  }
}
