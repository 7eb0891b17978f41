/** Every way to take one item of each list; the last list varies fastest. */
export function combinations<Item>(lists: readonly (readonly Item[])[]): Item[][] {
  return lists.reduce<Item[][]>(
    (begun, list) => begun.flatMap((items) => list.map((item) => [...items, item])),
    [[]],
  );
}
