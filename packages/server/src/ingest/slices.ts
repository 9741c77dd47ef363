/** The most that one commit stores of a batch, so that other batches do not wait long. */
const ITEMS = 512;
const CHARACTERS = 4 * 1024 * 1024;

/**
 * Divides a batch, in order, into slices that are committed separately.
 *
 * @param weigh approximate characters of an item. Default: items are only counted.
 */
export function* slicesOf<T>(batch: readonly T[], weigh: (item: T) => number = () => 0): Generator<readonly T[]> {
  let from = 0;
  let characters = 0;
  for (const [index, item] of batch.entries()) {
    const own = weigh(item);
    if (index > from && (index - from >= ITEMS || characters + own > CHARACTERS)) {
      yield batch.slice(from, index);
      from = index;
      characters = 0;
    }
    characters += own;
  }
  if (from < batch.length) yield batch.slice(from);
}
