import { type Collection, type Db, MongoServerError, type WriteConcernSettings } from 'mongodb';
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

/** The typed collections of `db`. Whatever is written is acknowledged as `writeConcern` says. */
export function collectionsOf(db: Db, writeConcern: WriteConcernSettings): Collections {
  const durable = { ignoreUndefined: true, writeConcern };
  return {
    users: db.collection(users.name, durable),
    refreshTokens: db.collection(refreshTokens.name, durable),
    tasks: db.collection(tasks.name, durable),
    options: db.collection(options.name, durable),
    taskAttempts: db.collection(taskAttempts.name, durable),
    behaviorEvents: db.collection(behaviorEvents.name, durable),
    computedMetrics: db.collection(computedMetrics.name, durable),
    skillProfiles: db.collection(skillProfiles.name, durable),
    auditLog: db.collection(auditLog.name, durable),
    serverInstances: db.collection(serverInstances.name),
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
