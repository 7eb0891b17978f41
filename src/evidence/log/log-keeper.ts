import { randomBytes } from 'node:crypto';
import { parseNote } from '../../proof/checkpoint.ts';
import { Frontier } from '../../proof/frontier.ts';
import { CheckpointSigner } from '../../proof/signing-key.ts';
import type { LogLeaseStore } from './log-lease-store.ts';
import type { LogStore, SignedCheckpoint } from './log-store.ts';
import type { PendingLeavesStore } from './pending-leaves-store.ts';

export interface LogKeeperServices {
  lease: Pick<LogLeaseStore, 'acquire' | 'release'>;
  store: LogStore;
  pending: PendingLeavesStore;
  /** From which the key that signs follows. */
  signingSecret: string;
}

/** How many redemptions, and how many seals, are added at once. */
const MAX_AT_ONCE = 500;
/** How often more is looked for in one turn. */
const MAX_ROUNDS = 20;

/**
 * Appends what is pending to the public log and signs a checkpoint if it has grown. As a rule only one process does so,
 * but nothing depends on that: entries are unique and never change, so whoever signs a size signs the same root.
 */
export class LogKeeper {
  readonly #services: LogKeeperServices;
  /** The tree of all entries that are known to be stored durably; undefined if that is not known. */
  #tree: Frontier | undefined;
  /** The newest checkpoint that this process knows; every later one must extend it. */
  #last: SignedCheckpoint | undefined;
  #signer: CheckpointSigner | undefined;

  constructor(services: LogKeeperServices) {
    this.#services = services;
  }

  /**
   * Does what there is to do, unless another process is the keeper. Must not be called again before it has ended.
   * @throws any database error; LogDamaged if the stored log does not extend a checkpoint
   */
  async run(): Promise<void> {
    if (!(await this.#services.lease.acquire())) {
      this.#tree = undefined;
      return;
    }
    try {
      this.#signer ??= await this.#openSigner();
      const tree = await this.#appendPending();
      await this.#sign(tree, this.#signer);
    } catch (error) {
      this.#tree = undefined;
      throw error;
    }
  }

  /** Lets another process take over at once. */
  async leave(): Promise<void> {
    await this.#services.lease.release();
  }

  /** The log gets its name with its first checkpoint, that of the empty log. */
  async #openSigner(): Promise<CheckpointSigner> {
    const { store, signingSecret } = this.#services;
    const newName = `skill-observation-server/${randomBytes(8).toString('hex')}`;
    const first = (await store.findCheckpoint(0)) ?? (await this.#makeFirst(newName));
    const name = parseNote(first.note)?.checkpoint.origin;
    if (!name) throw new LogDamaged('The first checkpoint of the log is damaged.');
    return new CheckpointSigner(signingSecret, name);
  }

  async #makeFirst(name: string): Promise<SignedCheckpoint> {
    const { store, signingSecret } = this.#services;
    const empty = checkpointOf(new Frontier(), new CheckpointSigner(signingSecret, name));
    await store.addCheckpoint(empty);
    return (await store.findCheckpoint(0)) ?? empty;
  }

  /** @returns the tree with everything that was pending */
  async #appendPending(): Promise<Frontier> {
    const { store, pending } = this.#services;
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const found = await pending.find(MAX_AT_ONCE);
      const isNew = this.#tree === undefined;
      this.#tree ??= await this.#openTree();
      if (found.length === 0) return this.#tree;
      // Another keeper, or this one before it lost an answer, may have appended some without noting it.
      const known = isNew ? await store.placesOf(found) : new Map();
      const missing = found.filter((commitment) => !known.has(commitment.toString('base64url')));
      if (missing.length > 0 && !(await store.append(this.#tree, missing))) {
        this.#tree = undefined;
        continue;
      }
      // Written after the entries and waited for, so that they are on disk, whoever wrote them.
      await pending.markLogged(found);
    }
    throw new Error('There is always more for the log; it goes on with its next turn.');
  }

  async #openTree(): Promise<Frontier> {
    const { store } = this.#services;
    const tree = await store.openTree();
    const last = (await store.findCheckpoint()) ?? this.#last;
    for (const checkpoint of [last, this.#last]) if (checkpoint) await this.#refuseFork(tree, checkpoint);
    this.#last = last;
    return tree;
  }

  /** @throws LogDamaged if the tree does not begin with that of the checkpoint */
  async #refuseFork(tree: Frontier, { size, root }: SignedCheckpoint): Promise<void> {
    if (size <= tree.size) {
      const [hash] = await this.#services.store.hashesOfRanges([{ from: 0, to: size }]);
      if (hash?.equals(root)) return;
    }
    throw new LogDamaged(`The log has ${tree.size} entries that do not extend its checkpoint of ${size}.`);
  }

  async #sign(tree: Frontier, signer: CheckpointSigner): Promise<void> {
    if (this.#last && this.#last.size >= tree.size) return;
    const checkpoint = checkpointOf(tree, signer);
    const isFirst = await this.#services.store.addCheckpoint(checkpoint);
    const stored = isFirst ? checkpoint : await this.#services.store.findCheckpoint(tree.size);
    if (!stored?.root.equals(checkpoint.root)) {
      throw new LogDamaged(`There are two different checkpoints of ${tree.size} entries.`);
    }
    this.#last = stored;
  }
}

/** The stored log contradicts a checkpoint that was signed, so nothing more is signed. */
class LogDamaged extends Error {
  override readonly name = 'LogDamaged';
}

function checkpointOf(tree: Frontier, signer: CheckpointSigner): SignedCheckpoint {
  const { size, root } = tree;
  return { size, root, note: signer.sign({ size, root }), public_key: signer.publicKey };
}
