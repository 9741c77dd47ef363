/** A pair of entries of two lists; null where one has none that fits. */
export type Pair<T> = readonly [a: T | null, b: T | null];

/**
 * Two lists side by side: the longest common subsequence of equal keys is aligned, and what stands between is paired in order, since
 * it took the place of one another. Takes time and memory in proportion to the product of the lengths.
 */
export function align<T>(a: readonly T[], b: readonly T[], keyOf: (entry: T) => string): Pair<T>[] {
  const [keysA, keysB] = [a.map(keyOf), b.map(keyOf)];
  const common = commonFrom(keysA, keysB);
  const pairs: Pair<T>[] = [];
  let [onlyA, onlyB]: [T[], T[]] = [[], []];
  const flush = (): void => {
    for (let n = 0; n < Math.max(onlyA.length, onlyB.length); n += 1) pairs.push([onlyA[n] ?? null, onlyB[n] ?? null]);
    [onlyA, onlyB] = [[], []];
  };
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && keysA[i] === keysB[j]) {
      flush();
      pairs.push([a[i] ?? null, b[j] ?? null]);
      i += 1;
      j += 1;
    } else if (j === b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1))) {
      onlyA.push(...a.slice(i, i + 1));
      i += 1;
    } else {
      onlyB.push(...b.slice(j, j + 1));
      j += 1;
    }
  }
  flush();
  return pairs;
}

/** How long the longest common subsequence is from two positions on. */
function commonFrom(a: readonly string[], b: readonly string[]): (i: number, j: number) => number {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i -= 1) {
    for (let j = b.length - 1; j >= 0; j -= 1) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  return at;
}

/** Where two texts part, at the start of a word; null where they are the same. */
export function partingOf(a: string, b: string): number | null {
  if (a === b) return null;
  let at = 0;
  while (at < Math.min(a.length, b.length) && a[at] === b[at]) at += 1;
  const before = a.slice(0, at);
  return at - (/\S*$/.exec(before)?.[0].length ?? 0);
}
