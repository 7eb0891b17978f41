import type { ObjectId } from 'mongodb';
import {
  anyObject,
  type CollectionDefinition,
  closed,
  date,
  newestFirst,
  objectId,
  orNull,
  text,
} from '../database/definition.ts';

/** One audited action. Append-only: no code path updates or deletes one. */
export interface AuditLogDocument {
  _id: ObjectId;
  /** Null if the server did it on its own. */
  actor_id: ObjectId | null;
  action: string;
  target_type: string;
  target_id: string;
  details: Record<string, unknown>;
  created_at: Date;
}

export const auditLog: CollectionDefinition<AuditLogDocument> = {
  name: 'audit_log',
  schema: closed({
    _id: objectId,
    actor_id: orNull(objectId),
    action: text,
    target_type: text,
    target_id: text,
    details: anyObject,
    created_at: date,
  }),
  indexes: [
    { name: 'newest', key: { ...newestFirst } },
    { name: 'newest_of_target', key: { target_id: 1, ...newestFirst } },
    { name: 'newest_of_actor', key: { actor_id: 1, ...newestFirst } },
    { name: 'newest_of_action', key: { action: 1, ...newestFirst } },
    { name: 'newest_of_actor_target', key: { actor_id: 1, target_id: 1, ...newestFirst } },
    { name: 'newest_of_actor_action', key: { actor_id: 1, action: 1, ...newestFirst } },
    { name: 'newest_of_target_action', key: { target_id: 1, action: 1, ...newestFirst } },
    {
      name: 'newest_of_actor_target_action',
      key: { actor_id: 1, target_id: 1, action: 1, ...newestFirst },
    },
  ],
};
