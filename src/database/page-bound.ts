/** Maximum size of the items of one page, as JSON in UTF-8, in bytes. */
const MAX_PAGE_BYTES = 1024 * 1024;

/** How many items of a page the database sends at once. Large ones that the page has no room for are sent in vain. */
export const PAGE_BATCH = 50;

/**
 * Takes the items of one page: at most `limit`, and at most 1 MiB of them, but always one if there is any.
 * @param items in order; not read further than necessary
 * @returns whether the page ended before `items` did, as far as is known
 */
export async function takePage<T>(
  items: AsyncIterable<T> | Iterable<T>,
  limit: number,
): Promise<{ items: T[]; isCut: boolean }> {
  const taken: T[] = [];
  let bytes = 0;
  for await (const item of items) {
    bytes += Buffer.byteLength(JSON.stringify(item));
    if (taken.length > 0 && bytes > MAX_PAGE_BYTES) return { items: taken, isCut: true };
    taken.push(item);
    if (taken.length === limit) return { items: taken, isCut: true };
  }
  return { items: taken, isCut: false };
}
