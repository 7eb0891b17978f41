import { refreshTokens, users } from './accounts/collections.ts';
import { taskAttempts } from './attempts/stored/collection.ts';
import { auditLog } from './audit/collection.ts';
import type { DatabaseSchema } from './database/definition.ts';
import { logCheckpoints, logEntries, logLeases } from './evidence/log/collections.ts';
import { attemptKeys, behaviorEvents } from './journal/collection.ts';
import { attemptSeals, computedMetrics, skillProfiles } from './results/collections.ts';
import { options, tasks } from './tasks/collections.ts';
import { issuingQuotas } from './tokens/collections.ts';

/** Everything the server stores. A test demands a new release number whenever a validator or an index changes. */
export const schema: DatabaseSchema = {
  release: 4,
  collections: [
    users,
    refreshTokens,
    tasks,
    options,
    taskAttempts,
    behaviorEvents,
    attemptKeys,
    computedMetrics,
    skillProfiles,
    attemptSeals,
    logEntries,
    logCheckpoints,
    logLeases,
    issuingQuotas,
    auditLog,
  ],
  // As of commit f4514b6. Never add anything here.
  indexesBeforeRecord: {
    users: ['email'],
    refresh_tokens: ['token_hash', 'family', 'user', 'expiry'],
    tasks: ['task_code_version', 'category_active'],
    options: ['task_option_code'],
    task_attempts: [
      'token_hash',
      'one_attempt_per_candidate_and_task',
      'status_expiry',
      'results_missing',
      'by_status',
      'by_task_status',
      'by_issuer_status',
      'by_issuer_task_status',
      'by_user',
      'by_candidate_email',
    ],
    behavior_events: ['attempt_sequence', 'attempt_type', 'server_time', 'attempt_client_event'],
    computed_metrics: ['attempt'],
    skill_profiles: ['attempt', 'user', 'skill_code'],
    audit_log: ['newest', 'newest_of_target', 'newest_of_actor', 'newest_of_action'],
  },
};
