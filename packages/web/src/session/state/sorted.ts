type Sorted = readonly number[] | Float64Array;

/** How many entries of an ascending list are at or below `value`. */
export function countAtOrBelow(sorted: Sorted, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many entries of an ascending list are below `value`. */
function countBelow(sorted: Sorted, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] ?? Number.POSITIVE_INFINITY) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The entry next to `value` in the given direction, never `value` itself; undefined past either end. */
export function neighbour(sorted: Sorted, value: number, direction: 1 | -1): number | undefined {
  return direction === 1 ? sorted[countAtOrBelow(sorted, value)] : sorted[countBelow(sorted, value) - 1];
}

/** Ascending, each value once. */
export function distinctSorted(values: Iterable<number>): Float64Array {
  return Float64Array.from(new Set(values)).sort();
}

/** Entry n is the sum of the first n values. */
export function prefixSums(values: readonly number[]): Float64Array {
  const sums = new Float64Array(values.length + 1);
  values.forEach((value, position) => {
    sums[position + 1] = (sums[position] ?? 0) + value;
  });
  return sums;
}
