/**
 * Values in one query. Each list is a field of the request, which ClickHouse takes up to 128 KiB (`http_max_field_value_size`), in
 * an address of up to 1 MiB.
 */
const MOST_VALUES = 1_000;
const MOST_BYTES = 100 * 1024;

/** Lists that fit into a query, one after the other. */
export function* inChunks<T>(values: readonly T[], most = MOST_VALUES): Generator<readonly T[]> {
  let chunk: T[] = [];
  let bytes = 0;
  for (const value of values) {
    const size = bytesOf(value);
    if (chunk.length === most || (chunk.length > 0 && bytes + size > MOST_BYTES)) {
      yield chunk;
      chunk = [];
      bytes = 0;
    }
    chunk.push(value);
    bytes += size;
  }
  if (chunk.length > 0) yield chunk;
}

/** At most: quotes, and a backslash before every character. */
function bytesOf(value: unknown): number {
  return 2 * Buffer.byteLength(typeof value === 'string' ? value : JSON.stringify(value)) + 4;
}
