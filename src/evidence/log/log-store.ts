import { Binary, type Collection } from 'mongodb';
import { isDuplicateKey } from '../../database/errors.ts';
import { Frontier, frontierOf, joinSubtrees } from '../../proof/frontier.ts';
import { type CompleteSubtree, completeSubtrees, type Range } from '../../proof/merkle.ts';
import type { LogCheckpointDocument, LogEntryDocument } from './collections.ts';

/** A signed state of the log. */
export interface SignedCheckpoint {
  size: number;
  root: Buffer;
  note: string;
  public_key: string;
}

/** The public log: entries and checkpoints are added, and never change. */
export class LogStore {
  readonly #entries: Collection<LogEntryDocument>;
  readonly #checkpoints: Collection<LogCheckpointDocument>;

  constructor(entries: Collection<LogEntryDocument>, checkpoints: Collection<LogCheckpointDocument>) {
    this.#entries = entries;
    this.#checkpoints = checkpoints;
  }

  /** The tree of all entries, to go on from. */
  async openTree(): Promise<Frontier> {
    const [last] = await this.#entries
      .find()
      .sort({ _id: -1 })
      .limit(1)
      .project<{ _id: number }>({ _id: 1 })
      .toArray();
    const size = last ? last._id + 1 : 0;
    return new Frontier(size, await this.#hashesOf(frontierOf(size)));
  }

  /**
   * Adds entries to the tree and the log, in order. The unique place and commitment of each are the only arbiter between
   * processes: of two that append at once, one is refused, and no entry is stored behind one that is not.
   * @returns false if another process was faster; some of the entries may be stored then, and the tree is not valid
   * @throws any database error; it is then unknown which entries are stored, and the tree is not valid
   */
  async append(tree: Frontier, commitments: readonly Buffer[]): Promise<boolean> {
    const documents = commitments.map((commitment) => ({
      _id: tree.size,
      commitment: new Binary(commitment),
      nodes: tree.add(commitment).map((hash) => new Binary(hash)),
    }));
    try {
      await this.#entries.insertMany(documents, { ordered: true });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** The places of those of the commitments that the log has, by their base64url. */
  async placesOf(commitments: readonly Buffer[]): Promise<Map<string, number>> {
    const found = await this.#entries
      .find({ commitment: { $in: commitments.map((commitment) => new Binary(commitment)) } })
      .project<Pick<LogEntryDocument, '_id' | 'commitment'>>({ commitment: 1 })
      .toArray();
    return new Map(found.map(({ _id, commitment }) => [bufferOf(commitment).toString('base64url'), _id]));
  }

  /** The commitments of a range of entries, in order; fewer if the log has not so many. */
  async read({ from, to }: Range): Promise<Buffer[]> {
    const found = await this.#entries
      .find({ _id: { $gte: from, $lt: to } })
      .sort({ _id: 1 })
      .project<Pick<LogEntryDocument, 'commitment'>>({ _id: 0, commitment: 1 })
      .toArray();
    return found.map(({ commitment }) => bufferOf(commitment));
  }

  /** The hash of each range of entries, all of which the log must have. */
  async hashesOfRanges(ranges: readonly Range[]): Promise<Buffer[]> {
    const parts = ranges.map(completeSubtrees);
    const hashes = await this.#hashesOf(parts.flat());
    return parts.map(({ length }) => joinSubtrees(hashes.splice(0, length)));
  }

  /** The newest checkpoint, or the one of this size; undefined if there is none. */
  async findCheckpoint(size?: number): Promise<SignedCheckpoint | undefined> {
    const [found] = await this.#checkpoints
      .find(size === undefined ? {} : { _id: size })
      .sort({ _id: -1 })
      .limit(1)
      .toArray();
    return (
      found && { size: found._id, root: bufferOf(found.root), note: found.note, public_key: found.public_key }
    );
  }

  /** @returns false if there is a checkpoint of this size, which stays */
  async addCheckpoint({ size, root, note, public_key }: SignedCheckpoint): Promise<boolean> {
    try {
      await this.#checkpoints.insertOne({ _id: size, root: new Binary(root), note, public_key });
      return true;
    } catch (error) {
      if (isDuplicateKey(error)) return false;
      throw error;
    }
  }

  /** The hash of a subtree is stored with its last entry. @throws Error if an entry is missing */
  async #hashesOf(subtrees: readonly CompleteSubtree[]): Promise<Buffer[]> {
    const lastOf = ({ level, index }: CompleteSubtree) => (index + 1) * 2 ** level - 1;
    const found = await this.#entries
      .find({ _id: { $in: subtrees.map(lastOf) } })
      .project<Pick<LogEntryDocument, '_id' | 'nodes'>>({ nodes: 1 })
      .toArray();
    const nodes = new Map(found.map((entry) => [entry._id, entry.nodes]));
    return subtrees.map((subtree) => {
      const hash = nodes.get(lastOf(subtree))?.[subtree.level];
      if (!hash) throw new Error(`Entry ${lastOf(subtree)} of the log is missing or damaged.`);
      return bufferOf(hash);
    });
  }
}

const bufferOf = (binary: Binary): Buffer => Buffer.from(binary.value());
