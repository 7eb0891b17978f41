import { type Collection, type Filter, ObjectId } from 'mongodb';
import { z } from 'zod';
import { isDuplicateKey } from '../database/errors.ts';
import { NEWEST_FIRST, type Page, type PageRequest, periodFilter, readPage } from '../database/pages.ts';
import { objectIdString } from '../fields.ts';
import type { AuditEntry } from './audit-log.ts';
import type { AuditLogDocument } from './collection.ts';

/** Which entry this is, and when it happened. */
export interface AuditStamp {
  audit_id: string;
  created_at: Date;
}

export const newStamp = (): AuditStamp => ({
  audit_id: new ObjectId().toHexString(),
  created_at: new Date(),
});

/** An entry as it is read back. */
export const recordedAuditEntry = z
  .object({
    audit_id: objectIdString,
    actor_id: objectIdString
      .nullable()
      .describe('Null if the server did it on its own, or nobody who is known.'),
    action: z.string().meta({ examples: ['skills_read'] }),
    target_type: z.string().meta({ examples: ['attempt'] }),
    target_id: z.string(),
    details: z.record(z.string(), z.unknown()),
    created_at: z.date(),
  })
  .meta({ id: 'AuditEntry' });
export type RecordedAuditEntry = z.output<typeof recordedAuditEntry>;

/** Which entries to read. An absent field does not restrict. */
export interface AuditQuery {
  actor_id?: string | undefined;
  action?: string | undefined;
  target_id?: string | undefined;
  from?: Date | undefined;
  to?: Date | undefined;
}

/** The audit log in the database. Entries can be added and read, but not updated or deleted. */
export class AuditLogStore {
  readonly #entries: Collection<AuditLogDocument>;

  constructor(entries: Collection<AuditLogDocument>) {
    this.#entries = entries;
  }

  /** @param stamp the same one when an entry is written again, so that it is stored only once */
  async record(entry: AuditEntry, { audit_id, created_at } = newStamp()): Promise<void> {
    const { actor_id, action, target_type, target_id, details = {} } = entry;
    try {
      await this.#entries.insertOne({
        _id: new ObjectId(audit_id),
        actor_id: actor_id === null ? null : new ObjectId(actor_id),
        action,
        target_type,
        target_id,
        details,
        created_at,
      });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /** Newest first. */
  async read(
    { actor_id, action, target_id, ...period }: AuditQuery,
    page: PageRequest,
  ): Promise<Page<RecordedAuditEntry>> {
    const filter: Filter<AuditLogDocument> = {
      ...(actor_id && { actor_id: new ObjectId(actor_id) }),
      ...(action && { action }),
      ...(target_id && { target_id }),
      ...periodFilter(period),
    };
    const { items, next_cursor } = await readPage(
      this.#entries,
      filter,
      NEWEST_FIRST,
      page,
      indexFor({ actor_id, target_id, action }),
    );
    return {
      items: items.map(({ _id, actor_id, ...entry }) => ({
        audit_id: _id.toHexString(),
        actor_id: actor_id?.toHexString() ?? null,
        ...entry,
      })),
      next_cursor,
    };
  }
}

/** The index that begins with exactly the fields asked for. */
function indexFor({ actor_id, target_id, action }: AuditQuery): string {
  const fields = [actor_id && 'actor', target_id && 'target', action && 'action'].filter(Boolean);
  return fields.length === 0 ? 'newest' : `newest_of_${fields.join('_')}`;
}
