import { randomBytes } from 'node:crypto';
import { Binary, type Collection, ObjectId } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { taskAttempts } from '../../src/attempts/stored/collection.ts';
import {
  type LogCheckpointDocument,
  type LogEntryDocument,
  logCheckpoints,
  logEntries,
  logLeases,
} from '../../src/evidence/log/collections.ts';
import { LogKeeper } from '../../src/evidence/log/log-keeper.ts';
import { LogLeaseStore } from '../../src/evidence/log/log-lease-store.ts';
import { LogStore } from '../../src/evidence/log/log-store.ts';
import { PendingLeavesStore } from '../../src/evidence/log/pending-leaves-store.ts';
import { parseNote } from '../../src/proof/checkpoint.ts';
import type { Frontier } from '../../src/proof/frontier.ts';
import { hashParts } from '../../src/proof/hash.ts';
import { consistencyRanges, inclusionRanges, isConsistent, rootByInclusion } from '../../src/proof/merkle.ts';
import { attemptSeals } from '../../src/results/collections.ts';
import { openTestDatabase } from '../support/database.ts';

const SECRET = 'a secret of at least thirty-two bytes, for tests';

async function aLog() {
  const database = await openTestDatabase();
  const seals = database.collection(attemptSeals);
  const entries = database.collection(logEntries);
  const checkpoints = database.collection(logCheckpoints);
  const pending = new PendingLeavesStore(database.collection(taskAttempts), seals);
  const store = new LogStore(entries, checkpoints);
  return {
    store,
    /** A process that keeps the log; whether it holds the lease does not matter, unless it is given one. */
    keeper: (own: { store?: LogStore; lease?: LogLeaseStore } = {}) =>
      new LogKeeper({
        lease: { acquire: async () => true, release: async () => undefined },
        store,
        pending,
        signingSecret: SECRET,
        ...own,
      }),
    lease: () => new LogLeaseStore(database.collection(logLeases)),
    losingStore: (share: number) => new LosingStore(entries, checkpoints, share),
    /** As many seals as `count`, which the log does not have yet. */
    seal: async (count: number) => {
      const text = 'x';
      const documents = Array.from({ length: count }, () => ({
        ...{ _id: new ObjectId(), event_count: 1, first_digest: text, head_digest: text },
        ...{ interpreter_version: text, metrics_digest: text, metrics_version: text, profile_digest: text },
        ...{ commitment: new Binary(randomBytes(32)), is_logged: false },
      }));
      await seals.insertMany(documents);
      return documents.map(({ commitment }) => Buffer.from(commitment.value()));
    },
    entries,
    checkpoints,
    waiting: () => seals.countDocuments({ is_logged: false }),
  };
}

type Log = Awaited<ReturnType<typeof aLog>>;

/** Appends, but its answer is often lost; and sometimes only a part is stored, as if the server had stopped in between. */
class LosingStore extends LogStore {
  readonly #share: number;

  constructor(
    entries: Collection<LogEntryDocument>,
    checkpoints: Collection<LogCheckpointDocument>,
    share: number,
  ) {
    super(entries, checkpoints);
    this.#share = share;
  }

  override async append(tree: Frontier, commitments: readonly Buffer[]): Promise<boolean> {
    const isLost = Math.random() < this.#share;
    const stored = isLost ? commitments.slice(0, Math.ceil(Math.random() * commitments.length)) : commitments;
    const isFirst = await super.append(tree, stored);
    if (isLost) throw new Error('the answer was lost');
    return isFirst;
  }
}

/** Checks everything that a stranger could. */
async function verifyLog({ store, checkpoints }: Log, expected: Buffer[]) {
  const entries = await store.read({ from: 0, to: Number.MAX_SAFE_INTEGER });
  const sorted = (list: Buffer[]) => list.map((each) => each.toString('hex')).sort();
  expect(sorted(entries)).toEqual(sorted(expected));
  const signed = await checkpoints.find().sort({ _id: 1 }).toArray();
  let earlier = { size: 0, root: hashParts([]) };
  for (const { _id: size, root: binary, note } of signed) {
    const root = Buffer.from(binary.value());
    expect(parseNote(note)?.checkpoint).toMatchObject({ size, root: new Uint8Array(root) });
    const proof = await store.hashesOfRanges(consistencyRanges(earlier.size, size));
    expect(await isConsistent(hashParts, earlier, { size, root }, proof), `${earlier.size} in ${size}`).toBe(
      true,
    );
    earlier = { size, root };
  }
  expect(earlier.size).toBe(expected.length);
  for (const [leaf, entry] of entries.entries()) {
    const proof = await store.hashesOfRanges(inclusionRanges(leaf, earlier.size));
    expect(await rootByInclusion(hashParts, { entry, leaf, size: earlier.size }, proof)).toEqual(
      earlier.root,
    );
  }
  return signed;
}

describe('the keeper of the log', () => {
  it('signs the empty log first, and then whenever it has grown', async () => {
    const log = await aLog();
    const keeper = log.keeper();
    await keeper.run();
    await keeper.run();
    const all = await log.seal(3);
    await keeper.run();
    await keeper.run();
    all.push(...(await log.seal(4)));
    await log.keeper().run();
    const signed = await verifyLog(log, all);
    expect(signed.map(({ _id }) => _id)).toEqual([0, 3, 7]);
    expect(new Set(signed.map(({ public_key }) => public_key)).size).toBe(1);
    expect(await log.waiting()).toBe(0);
  });

  it('is one process at a time; another takes over when it leaves', async () => {
    const log = await aLog();
    const [one, two] = [log.lease(), log.lease()];
    await one.acquire();
    expect([await one.acquire(), await two.acquire(), await one.acquire()]).toEqual([true, false, true]);
    const idle = log.keeper({ lease: two });
    const all = await log.seal(1);
    await idle.run();
    expect(await log.store.findCheckpoint()).toBeUndefined();
    await one.release();
    await idle.run();
    await verifyLog(log, all);
  });

  it('several that all believe to be it, and lose answers, never fork the log and never add anything twice', async () => {
    const log = await aLog();
    const keepers = [
      log.keeper(),
      log.keeper({ store: log.losingStore(0.5) }),
      log.keeper({ store: log.losingStore(0.3) }),
    ];
    const all: Buffer[] = [];
    for (let round = 0; round < 25; round += 1) {
      const [added] = await Promise.all([
        log.seal(1 + (round % 7)),
        ...keepers.map((keeper) => keeper.run().catch(() => undefined)),
      ]);
      all.push(...added);
    }
    await log.keeper().run();
    await verifyLog(log, all);
    expect(await log.waiting()).toBe(0);
  });

  it('signs nothing more when the log was rolled back or an entry was exchanged', async () => {
    const log = await aLog();
    const keeper = log.keeper();
    const all = await log.seal(5);
    await keeper.run();
    const [last] = await log.entries.find().sort({ _id: -1 }).limit(1).toArray();
    await log.entries.deleteOne({ _id: 4 });
    await log.seal(1);
    await expect(log.keeper().run()).rejects.toThrow('do not extend');
    if (last) await log.entries.insertOne(last);
    await log.keeper().run();
    expect((await log.store.findCheckpoint())?.size).toBe(6);
    await log.entries.updateOne(
      { _id: 5 },
      { $set: { nodes: [new Binary(randomBytes(32)), new Binary(randomBytes(32))] } },
    );
    await log.seal(1);
    await expect(log.keeper().run()).rejects.toThrow('do not extend');
    expect((await log.store.findCheckpoint())?.size).toBe(6);
    expect(all).toHaveLength(5);
  });
});
