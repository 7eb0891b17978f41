import { refreshTokens, users } from './accounts/collections.ts';
import { taskAttempts } from './attempts/collection.ts';
import { auditLog } from './audit/collection.ts';
import type { CollectionDefinition } from './database/definition.ts';
import { behaviorEvents } from './journal/collection.ts';
import { computedMetrics, skillProfiles } from './results/collections.ts';
import { options, tasks } from './tasks/collections.ts';

/** Everything the server stores. */
export const collections: readonly CollectionDefinition[] = [
  users,
  refreshTokens,
  tasks,
  options,
  taskAttempts,
  behaviorEvents,
  computedMetrics,
  skillProfiles,
  auditLog,
];
