import type { AuditEntry } from './audit-log.ts';

/** Milliseconds in which repetitions are counted. */
const SPAN_MS = 60_000;
/** How many targets an entry about several names at most. */
const MAX_TARGETS = 20;

/** What was repeated since its first entry was recorded. */
interface Repetition {
  entry: AuditEntry;
  /** By `performance.now()`. */
  begun: number;
  count: number;
  first_at: Date;
  last_at: Date;
  targets: Set<string>;
}

/**
 * Counts what may come in floods, so that a flood does not become one of audit entries: the first occurrence is
 * recorded at once, and all more of its kind within a minute in one entry when the minute is over.
 */
export class AuditCounter {
  readonly #record: (entry: AuditEntry) => Promise<void>;
  readonly #maxKinds: number;
  readonly #spanMs: number;
  readonly #repetitions = new Map<string, Repetition>();

  /** @param maxKinds how many kinds are told apart within a span */
  constructor(record: (entry: AuditEntry) => Promise<void>, maxKinds: number, spanMs = SPAN_MS) {
    this.#record = record;
    this.#maxKinds = maxKinds;
    this.#spanMs = spanMs;
  }

  /**
   * @param kind which entries are counted together
   * @returns false if there are too many kinds, so that nothing was counted
   */
  count(kind: string, entry: AuditEntry): boolean {
    const known = this.#repetitions.get(kind);
    const now = new Date();
    if (!known) {
      if (this.#repetitions.size >= this.#maxKinds) return false;
      const begun = performance.now();
      const targets = new Set<string>();
      this.#repetitions.set(kind, { entry, begun, count: 0, first_at: now, last_at: now, targets });
      void this.#record(entry);
      return true;
    }
    if (known.count === 0) known.first_at = now;
    known.count += 1;
    known.last_at = now;
    if (known.targets.size < MAX_TARGETS) known.targets.add(entry.target_id);
    return true;
  }

  /** Records the repetitions whose span is over, or all. Resolves when they are recorded. */
  async recordRepetitions(all = false): Promise<void> {
    const over = performance.now() - this.#spanMs;
    const recorded: Promise<void>[] = [];
    for (const [kind, repetition] of this.#repetitions) {
      if (!all && repetition.begun > over) continue;
      this.#repetitions.delete(kind);
      if (repetition.count > 0) recorded.push(this.#record(entryOf(repetition)));
    }
    await Promise.all(recorded);
  }
}

function entryOf({ entry, count, first_at, last_at, targets }: Repetition): AuditEntry {
  const [target, ...others] = targets;
  const counted = { ...entry.details, count, first_at, last_at };
  if (others.length === 0) return { ...entry, target_id: target ?? entry.target_id, details: counted };
  return { ...entry, details: { ...counted, target_ids: [...targets] } };
}
