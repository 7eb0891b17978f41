import type { Logger } from 'pino';
import type { Page, PageRequest } from '../database/pages.ts';
import { AuditCounter } from './audit-counter.ts';
import type { AuditEntry, AuditLog } from './audit-log.ts';
import {
  type AuditLogStore,
  type AuditQuery,
  type AuditStamp,
  newStamp,
  type RecordedAuditEntry,
} from './audit-log-store.ts';

/** How many kinds of refusals are told apart within a minute: twice as many entries a minute at most. */
const MAX_REFUSALS = 500;
/** How many kinds of readings are counted at the same time; beyond that each has an entry of its own. */
const MAX_READINGS = 10_000;
/** How many entries wait to be written again; more are only in the log. */
const MAX_WAITING = 1000;

/**
 * The audit log as the server writes it. An entry that cannot be written is logged in full at once, so that no act is
 * without a trace even if the process ends, and tried again until it is stored.
 */
export class Audit implements AuditLog {
  readonly #store: AuditLogStore;
  readonly #log: Logger;
  readonly #readings = new AuditCounter((entry) => this.#recordUnawaited(entry), MAX_READINGS);
  readonly #refusals = new AuditCounter((entry) => this.#recordUnawaited(entry), MAX_REFUSALS);
  /** By action, of which there are few. */
  readonly #floods = new AuditCounter((entry) => this.#recordUnawaited(entry), Number.POSITIVE_INFINITY);
  /** What is being written while nobody waits for it. */
  readonly #unawaited = new Set<Promise<void>>();
  #waiting: { entry: AuditEntry; stamp: AuditStamp }[] = [];

  constructor(store: AuditLogStore, log: Logger) {
    this.#store = store;
    this.#log = log;
  }

  async record(entry: AuditEntry): Promise<void> {
    const stamp = newStamp();
    try {
      await this.#store.record(entry, stamp);
    } catch (err) {
      this.#log.error({ err, audit: { ...stamp, ...entry } }, 'An audit entry could not be stored yet');
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push({ entry, stamp });
    }
  }

  countReading(entry: AuditEntry): void {
    const { actor_id, action, target_id } = entry;
    const isCounted = this.#readings.count(`${action} ${actor_id} ${target_id}`, entry);
    if (!isCounted) void this.#recordUnawaited(entry);
  }

  countRefusal(entry: AuditEntry): void {
    const { actor_id, action, target_type, target_id } = entry;
    const isCounted = this.#refusals.count(`${action} ${actor_id ?? target_id}`, entry);
    if (!isCounted) this.#floods.count(action, { actor_id: null, action, target_type, target_id: 'others' });
  }

  read(query: AuditQuery, page: PageRequest): Promise<Page<RecordedAuditEntry>> {
    return this.#store.read(query, page);
  }

  /** Writes what is due: repetitions whose minute is over, and entries that could not be written before. */
  async writeDue(all = false): Promise<void> {
    const counters = [this.#readings, this.#refusals, this.#floods];
    await Promise.all(counters.map((counter) => counter.recordRepetitions(all)));
    await Promise.all(this.#unawaited);
    while (this.#waiting[0]) {
      const { entry, stamp } = this.#waiting[0];
      await this.#store.record(entry, stamp);
      this.#waiting.shift();
    }
  }

  /** Writes everything that is left, at the end. */
  async close(): Promise<void> {
    await this.writeDue(true).catch((err: unknown) => {
      this.#log.error({ err, entries: this.#waiting.length }, 'Audit entries are in this log only');
    });
  }

  #recordUnawaited(entry: AuditEntry): Promise<void> {
    const written = this.record(entry).finally(() => this.#unawaited.delete(written));
    this.#unawaited.add(written);
    return written;
  }
}
