/** Values in one query. They are part of its address, which ClickHouse takes up to 1 MiB. */
const MOST_VALUES = 1_000;

export function* inChunks<T>(values: readonly T[], size = MOST_VALUES): Generator<readonly T[]> {
  for (let at = 0; at < values.length; at += size) yield values.slice(at, at + size);
}

export function groupBy<K, T>(values: readonly T[], keyOf: (value: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const value of values) {
    const key = keyOf(value);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [value]);
    else group.push(value);
  }
  return groups;
}
