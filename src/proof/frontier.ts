import { hashParts } from './hash.ts';
import { type CompleteSubtree, completeSubtrees, treeLeafParts, treeNodeParts } from './merkle.ts';

/** The root of a tree, or the hash of a range of it, from those of the complete subtrees of which it consists. */
export function joinSubtrees(hashes: readonly Buffer[]): Buffer {
  return hashes.length === 0
    ? hashParts([])
    : hashes.reduceRight((right, left) => hashParts(treeNodeParts(left, right)));
}

/** The complete subtrees of which a tree of `size` entries consists, from left to right. */
export const frontierOf = (size: number): CompleteSubtree[] => completeSubtrees({ from: 0, to: size });

/** A tree that grows: all that must be known of its entries to add more. */
export class Frontier {
  #size: number;
  readonly #hashes: Buffer[];

  /** @param hashes of the complete subtrees of which it consists, as `frontierOf(size)` lists them */
  constructor(size = 0, hashes: readonly Buffer[] = []) {
    this.#size = size;
    this.#hashes = [...hashes];
  }

  get size(): number {
    return this.#size;
  }

  get root(): Buffer {
    return joinSubtrees(this.#hashes);
  }

  /** Adds an entry. @returns the hashes of all subtrees that it completes, from level 0 (its own) on */
  add(entry: Uint8Array): Buffer[] {
    let hash = hashParts(treeLeafParts(entry));
    const completed = [hash];
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = this.#hashes.pop();
      if (!left) throw new Error('The frontier has fewer subtrees than its size demands.');
      hash = hashParts(treeNodeParts(left, hash));
      completed.push(hash);
    }
    this.#hashes.push(hash);
    this.#size += 1;
    return completed;
  }
}
