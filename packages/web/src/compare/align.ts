/** A pair of entries of two lists; null where one has none that fits. */
export type Pair<T> = readonly [a: T | null, b: T | null];

/** Of two lists whose different middles are longer, only equal beginnings and ends are aligned: the table of lengths takes 4 bytes a cell. */
const MOST_CELLS = 8_000_000;

/**
 * Two lists side by side: the longest common subsequence of equal keys is aligned, and what stands between is paired in order, since
 * it took the place of one another. Between their equal beginnings and ends, takes time and memory in proportion to the product of
 * the lengths; where that is too much, everything there is paired in order.
 */
export function align<T>(a: readonly T[], b: readonly T[], keyOf: (entry: T) => string): Pair<T>[] {
  const [keysA, keysB] = [a.map(keyOf), b.map(keyOf)];
  const start = commonLength(keysA, keysB);
  const end = commonEnd(keysA, keysB, start);
  const middle = between(a.slice(start, a.length - end), b.slice(start, b.length - end), keyOf);
  const pairOf = (n: number, m: number): Pair<T> => [a[n] ?? null, b[m] ?? null];
  return [
    ...Array.from({ length: start }, (_, n) => pairOf(n, n)),
    ...middle,
    ...Array.from({ length: end }, (_, n) => pairOf(a.length - end + n, b.length - end + n)),
  ];
}

function between<T>(a: readonly T[], b: readonly T[], keyOf: (entry: T) => string): Pair<T>[] {
  const pairs: Pair<T>[] = [];
  let [onlyA, onlyB]: [T[], T[]] = [[], []];
  const flush = (): void => {
    for (let n = 0; n < Math.max(onlyA.length, onlyB.length); n += 1) pairs.push([onlyA[n] ?? null, onlyB[n] ?? null]);
    [onlyA, onlyB] = [[], []];
  };
  if (a.length * b.length > MOST_CELLS) {
    [onlyA, onlyB] = [[...a], [...b]];
    flush();
    return pairs;
  }
  const [keysA, keysB] = [a.map(keyOf), b.map(keyOf)];
  const common = commonFrom(keysA, keysB);
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

/** How many of the first entries, or characters, are the same. */
export function commonLength(a: ArrayLike<string>, b: ArrayLike<string>): number {
  const most = Math.min(a.length, b.length);
  let length = 0;
  while (length < most && a[length] === b[length]) length += 1;
  return length;
}

/** How many of the last entries are the same, of those after the first `start`. */
function commonEnd(a: readonly string[], b: readonly string[], start: number): number {
  const most = Math.min(a.length, b.length) - start;
  let length = 0;
  while (length < most && a[a.length - 1 - length] === b[b.length - 1 - length]) length += 1;
  return length;
}

/** Where two texts part, at the start of a word; null where they are the same. */
export function partingOf(a: string, b: string): number | null {
  if (a === b) return null;
  let at = commonLength(a, b);
  while (at > 0 && /\S/.test(a[at - 1] ?? ' ')) at -= 1;
  return at;
}
