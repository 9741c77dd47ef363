import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { inUtf8 } from '../findable-texts.js';
import { StoreUnavailable } from '../unavailable.js';

export type Parameter = string | number | readonly string[];
export type Row = Readonly<Record<string, unknown>>;

/** What the store asks of ClickHouse. */
export interface Connection {
  /** All rows of the answer. Values stand in the query as `{name:Type}`. */
  query<T>(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<T[]>;
  /** Resolves when the rows are durable. Rejects with `StoreUnavailable`; a part of the rows may then be stored. */
  insert(table: string, rows: readonly Row[]): Promise<void>;
  /** A statement without an answer. */
  command(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<void>;
  close(): Promise<void>;
}

/** Rows and bytes of one insert: many small inserts make many parts, and a large one takes much memory on both sides. */
const MOST_ROWS = 50_000;
const MOST_BYTES = 16 * 1024 * 1024;

/**
 * Settings of every insert. A row is durable when the insert returns: by ClickHouse's defaults it would only be in the page cache.
 * A field that the table does not have is an error and not left out, so that a node of a newer version cannot lose data.
 */
const INSERT_SETTINGS = {
  async_insert: 0,
  wait_for_async_insert: 1,
  insert_quorum_parallel: 0,
  input_format_skip_unknown_fields: 0,
  input_format_json_read_bools_as_numbers: 1,
} as const;

/**
 * A client of a ClickHouse server.
 *
 * @param url `http://user:password@host:8123/database`.
 * @param isReplicated waits for a majority of replicas, and reads what they have all taken.
 */
export function connect(url: string, { isReplicated = false } = {}): Connection {
  const client = createClient({
    url,
    application: 'powerrag',
    request_timeout: 30_000,
    max_open_connections: 16,
    // What goes wrong is in the errors.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: isReplicated ? { select_sequential_consistency: '1' } : {},
  });
  const ofInserts = { ...INSERT_SETTINGS, ...(isReplicated ? { insert_quorum: 'auto' } : {}) };
  return {
    query: async (sql, parameters = {}) => {
      const answer = await attempt(() =>
        client.query({ query: sql, format: 'JSONEachRow', query_params: { ...parameters } }),
      );
      return attempt(() => answer.json());
    },
    insert: async (table, rows) => {
      for (const values of inBatches(rows)) await attempt(() => insertAll(client, table, values, ofInserts));
    },
    command: async (sql, parameters = {}) => {
      await attempt(() => client.command({ query: sql, query_params: { ...parameters } }));
    },
    close: () => client.close(),
  };
}

function insertAll(client: ClickHouseClient, table: string, values: readonly Row[], settings: object) {
  return client.insert({
    table,
    values: values.map(inUtf8Row),
    format: 'JSONEachRow',
    clickhouse_settings: { ...settings },
  });
}

/** ClickHouse refuses half a surrogate pair, which no UTF-8 can hold. */
function inUtf8Row(row: Row): Row {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, inUtf8Value(value)]));
}

function inUtf8Value(value: unknown): unknown {
  if (typeof value === 'string') return inUtf8(value);
  return Array.isArray(value) ? value.map(inUtf8Value) : value;
}

/** Batches within the bounds of one insert. */
export function* inBatches(rows: readonly Row[]): Generator<readonly Row[]> {
  let batch: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = sizeOf(row);
    if (batch.length === MOST_ROWS || (batch.length > 0 && bytes + size > MOST_BYTES)) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(row);
    bytes += size;
  }
  if (batch.length > 0) yield batch;
}

function sizeOf(row: Row): number {
  let size = 0;
  for (const value of Object.values(row)) size += typeof value === 'string' ? value.length : 16;
  return size;
}

/** Errors of ClickHouse that say that a query is wrong, not that the server cannot run it now. */
const FAULTS_OF_QUERY = new Set(['27', '36', '43', '47', '53', '62', '117', '130', '386', '456', '457']);

async function attempt<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ClickHouseError && FAULTS_OF_QUERY.has(error.code)) throw error;
    throw new StoreUnavailable(`ClickHouse does not answer as it should: ${sayOf(error)}`, { cause: error });
  }
}

/** In words for the sender: without addresses and paths. */
function sayOf(error: unknown): string {
  if (error instanceof ClickHouseError) return `${error.type ?? 'error'} (code ${error.code}).`;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === '' ? 'the connection failed.' : `the connection failed (${code}).`;
}
