import { isSameBytes, type Part } from './parts.ts';

/*
 * The tree of RFC 9162, section 2.1, over the entries of the log. Pure: which hashes a proof consists of, and what follows
 * from it. Sizes and indices are whole numbers up to 2^53, so they are divided rather than shifted.
 */

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

export const treeLeafParts = (entry: Uint8Array): Part[] => [LEAF, entry];
export const treeNodeParts = (left: Uint8Array, right: Uint8Array): Part[] => [NODE, left, right];

/** The entries from `from` up to, but not including, `to`. */
export interface Range {
  from: number;
  to: number;
}

/** A subtree that will never change: the entries from `index · 2^level` on, 2^level of them. */
export interface CompleteSubtree {
  level: number;
  index: number;
}

/** The largest power of two that is less than `n`, which must be at least 2. */
function splitOf(n: number): number {
  let power = 1;
  while (power * 2 < n) power *= 2;
  return power;
}

/** The ranges whose hashes prove that an entry is in the tree of `size` entries, as in section 2.1.3.1. */
export function inclusionRanges(leaf: number, size: number): Range[] {
  let inside: Range = { from: 0, to: size };
  const ranges: Range[] = [];
  while (inside.to - inside.from > 1) {
    const middle = inside.from + splitOf(inside.to - inside.from);
    const [left, right] = [
      { from: inside.from, to: middle },
      { from: middle, to: inside.to },
    ];
    ranges.push(leaf < middle ? right : left);
    inside = leaf < middle ? left : right;
  }
  return ranges.reverse();
}

/** The ranges whose hashes prove that the tree of `size` entries begins with that of `from`, as in section 2.1.4.1. */
export function consistencyRanges(from: number, size: number): Range[] {
  if (from === 0 || from === size) return [];
  let inside: Range = { from: 0, to: size };
  const ranges: Range[] = [];
  while (inside.to !== from) {
    const middle = inside.from + splitOf(inside.to - inside.from);
    if (from <= middle) {
      ranges.push({ from: middle, to: inside.to });
      inside = { from: inside.from, to: middle };
    } else {
      ranges.push({ from: inside.from, to: middle });
      inside = { from: middle, to: inside.to };
    }
  }
  // The old tree itself needs no proof.
  if (inside.from > 0) ranges.push(inside);
  return ranges.reverse();
}

/** The complete subtrees of which a range of a tree consists, from left to right. */
export function completeSubtrees({ from, to }: Range): CompleteSubtree[] {
  const subtrees: CompleteSubtree[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    while (at % 2 ** (level + 1) === 0 && at + 2 ** (level + 1) <= to) level += 1;
    subtrees.push({ level, index: at / 2 ** level });
    at += 2 ** level;
  }
  return subtrees;
}

/** Hashes parts; by Node's crypto or the browser's. */
export type HashParts = (parts: Part[]) => Promise<Uint8Array> | Uint8Array;

/** The root that follows from an entry and its proof, as in section 2.1.3.2; undefined if the proof has a wrong length. */
export async function rootByInclusion(
  hash: HashParts,
  { entry, leaf, size }: { entry: Uint8Array; leaf: number; size: number },
  proof: readonly Uint8Array[],
): Promise<Uint8Array | undefined> {
  if (leaf >= size) return undefined;
  let position = leaf;
  let last = size - 1;
  let node = await hash(treeLeafParts(entry));
  for (const sibling of proof) {
    if (last === 0) return undefined;
    if (position % 2 === 1 || position === last) {
      node = await hash(treeNodeParts(sibling, node));
      while (position % 2 === 0 && position > 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      node = await hash(treeNodeParts(node, sibling));
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 ? node : undefined;
}

/** Whether the proof shows that a tree begins with another one, as in section 2.1.4.2. */
export async function isConsistent(
  hash: HashParts,
  earlier: { size: number; root: Uint8Array },
  later: { size: number; root: Uint8Array },
  proof: readonly Uint8Array[],
): Promise<boolean> {
  if (earlier.size > later.size) return false;
  if (earlier.size === later.size) return proof.length === 0 && isSameBytes(earlier.root, later.root);
  if (earlier.size === 0) return proof.length === 0;
  const isPowerOfTwo = completeSubtrees({ from: 0, to: earlier.size }).length === 1;
  const [first, ...rest] = isPowerOfTwo ? [earlier.root, ...proof] : proof;
  if (!first) return false;
  let position = earlier.size - 1;
  let last = later.size - 1;
  while (position % 2 === 1) {
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  let [old, current] = [first, first];
  for (const sibling of rest) {
    if (last === 0) return false;
    if (position % 2 === 1 || position === last) {
      old = await hash(treeNodeParts(sibling, old));
      current = await hash(treeNodeParts(sibling, current));
      while (position % 2 === 0 && position > 0) {
        position /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      current = await hash(treeNodeParts(current, sibling));
    }
    position = Math.floor(position / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && isSameBytes(old, earlier.root) && isSameBytes(current, later.root);
}
