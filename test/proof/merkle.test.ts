import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Frontier, joinSubtrees } from '../../src/proof/frontier.ts';
import { hashParts } from '../../src/proof/hash.ts';
import {
  completeSubtrees,
  consistencyRanges,
  inclusionRanges,
  isConsistent,
  type Range,
  rootByInclusion,
  treeLeafParts,
  treeNodeParts,
} from '../../src/proof/merkle.ts';

/** The definition of the tree's hash, word for word as in RFC 9162, section 2.1.1. */
function treeHash(entries: readonly Buffer[]): Buffer {
  const [first] = entries;
  if (!first) return hashParts([]);
  if (entries.length === 1) return hashParts(treeLeafParts(first));
  let k = 1;
  while (k * 2 < entries.length) k *= 2;
  return hashParts(treeNodeParts(treeHash(entries.slice(0, k)), treeHash(entries.slice(k))));
}

const hashOfRange =
  (entries: readonly Buffer[]) =>
  ({ from, to }: Range): Buffer =>
    treeHash(entries.slice(from, to));

const entriesOf = (count: number) => Array.from({ length: count }, (_, n) => hashParts([`entry ${n}`]));

describe('the tree of the log (RFC 9162)', () => {
  /** The entries and roots that implementations of Certificate Transparency are tested with. */
  const ENTRIES = ['', '00', '10', '2021', '3031', '40414243', '5051525354555657'].map((hex) =>
    Buffer.from(hex, 'hex'),
  );
  const ROOTS = [
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  ];

  it('has the known roots', () => {
    const frontier = new Frontier();
    const roots = ENTRIES.map((entry) => {
      frontier.add(entry);
      return frontier.root.toString('hex');
    });
    expect(roots).toEqual(ROOTS);
  });

  it('grows entry by entry to what the definition says, and goes on from its subtrees at any size', () => {
    const entries = entriesOf(70);
    const frontier = new Frontier();
    for (const [index, entry] of entries.entries()) {
      const completed = frontier.add(entry);
      for (const [level, hash] of completed.entries()) {
        expect(hash).toEqual(treeHash(entries.slice(index + 1 - 2 ** level, index + 1)));
      }
      const size = index + 1;
      expect(frontier.root).toEqual(treeHash(entries.slice(0, size)));
      const subtrees = completeSubtrees({ from: 0, to: size }).map(({ level, index }) =>
        treeHash(entries.slice(index * 2 ** level, (index + 1) * 2 ** level)),
      );
      expect(joinSubtrees(subtrees)).toEqual(frontier.root);
      expect(new Frontier(size, subtrees)).toEqual(frontier);
    }
  });

  it('proves every entry in trees of every size, and no other entry, place or root', async () => {
    const entries = entriesOf(33);
    for (let size = 1; size <= entries.length; size += 1) {
      const tree = entries.slice(0, size);
      const root = treeHash(tree);
      for (const [leaf, entry] of tree.entries()) {
        const proof = inclusionRanges(leaf, size).map(hashOfRange(tree));
        expect(await rootByInclusion(hashParts, { entry, leaf, size }, proof)).toEqual(root);
        const elsewhere = { entry, leaf: (leaf + 1) % size, size };
        if (size > 1) expect(await rootByInclusion(hashParts, elsewhere, proof)).not.toEqual(root);
        expect(await rootByInclusion(hashParts, { entry: root, leaf, size }, proof)).not.toEqual(root);
        expect(await rootByInclusion(hashParts, { entry, leaf, size }, [...proof, root])).toBeUndefined();
      }
    }
  });

  it('proves that each tree begins with each earlier one, and with nothing else', async () => {
    const entries = entriesOf(33);
    for (let size = 1; size <= entries.length; size += 1) {
      const later = { size, root: treeHash(entries.slice(0, size)) };
      for (let from = 0; from <= size; from += 1) {
        const earlier = { size: from, root: treeHash(entries.slice(0, from)) };
        const proof = consistencyRanges(from, size).map(hashOfRange(entries));
        expect(await isConsistent(hashParts, earlier, later, proof), `${from} in ${size}`).toBe(true);
        if (from === 0) continue;
        const other = { size: from, root: hashParts(['another']) };
        expect(await isConsistent(hashParts, other, later, proof)).toBe(false);
        expect(await isConsistent(hashParts, earlier, later, [...proof, other.root])).toBe(false);
        if (from < size) expect(await isConsistent(hashParts, later, earlier, proof)).toBe(false);
      }
    }
  });

  it('refuses a proof of which one bit was changed', async () => {
    const entries = entriesOf(50);
    const root = treeHash(entries);
    await fc.assert(
      fc.asyncProperty(fc.nat(49), fc.nat(), fc.nat(31), fc.nat(7), async (leaf, which, byte, bit) => {
        const proof = inclusionRanges(leaf, 50).map(hashOfRange(entries));
        const changed = Buffer.from(proof[which % proof.length] ?? []);
        changed[byte] = (changed[byte] ?? 0) ^ (1 << bit);
        proof[which % proof.length] = changed;
        const entry = entries[leaf] ?? root;
        expect(await rootByInclusion(hashParts, { entry, leaf, size: 50 }, proof)).not.toEqual(root);
      }),
    );
  });
});
