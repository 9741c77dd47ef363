import { randomUUID } from 'node:crypto';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { inUtf8 } from '../findable-texts.js';
import { StoreUnavailable } from '../unavailable.js';
import { kindOf, sayOf } from './failures.js';
import type { Health } from './health.js';

export type Parameter = string | number | readonly string[] | readonly number[];
export type Row = Readonly<Record<string, unknown>>;

/** What the store asks of ClickHouse. */
export interface Connection {
  /** All rows of the answer. Values stand in the query as `{name:Type}`. */
  query<T>(sql: string, parameters?: Readonly<Record<string, Parameter>>): Promise<T[]>;
  /**
   * Resolves when the rows are durable. Where the connection ends before the answer they are sent again, and are there once. Rejects
   * with `StoreUnavailable`; a part of the rows may then be stored.
   */
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

/** A query sees what a majority of replicas has; a table in it that is spread over shards is read whole. */
const CLUSTER_SETTINGS = { select_sequential_consistency: '1', distributed_product_mode: 'global' } as const;

/** An insert returns when the shards have the rows, each on a majority of its replicas: by default it would return before. */
const CLUSTER_INSERT_SETTINGS = { insert_quorum: 'auto', distributed_foreground_insert: 1 } as const;

export interface ConnectionOptions {
  /** Waits for a majority of replicas, and reads what they have all taken. */
  readonly isReplicated?: boolean;
  /** Milliseconds after which a statement is given up; the server gives it up as well. Default 30,000. */
  readonly timeoutMs?: number;
  /** Is told how statements end. */
  readonly health?: Health;
}

/**
 * A client of a ClickHouse server.
 *
 * @param url `http://user:password@host:8123/database`.
 */
export function connect(url: string, options: ConnectionOptions = {}): Connection {
  const { isReplicated = false, timeoutMs = 30_000, health } = options;
  const client = createClient({
    url,
    application: 'powerrag',
    request_timeout: timeoutMs,
    max_open_connections: 16,
    // What goes wrong is in the errors.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      max_execution_time: Math.ceil(timeoutMs / 1_000),
      ...(isReplicated ? CLUSTER_SETTINGS : {}),
    },
  });
  const ofInserts = { ...INSERT_SETTINGS, ...(isReplicated ? CLUSTER_INSERT_SETTINGS : {}) };

  async function attempt<T>(what: string | null, run: () => Promise<T>): Promise<T> {
    try {
      const result = await run().catch((error: unknown) => {
        // The server has closed a connection that was kept. Whatever is asked can be asked twice.
        if (isClosedConnection(error)) return run();
        throw error;
      });
      health?.succeeded(what);
      return result;
    } catch (error) {
      const kind = kindOf(error);
      if (kind === 'query') throw error;
      const message = sayOf(error);
      health?.failed(message, kind, what);
      throw new StoreUnavailable(message, { cause: error });
    }
  }

  return {
    query: (sql, parameters = {}) =>
      attempt(null, async () => {
        const answer = await client.query({ query: sql, format: 'JSONEachRow', query_params: { ...parameters } });
        return answer.json();
      }),
    insert: async (table, rows) => {
      for (const values of inBatches(rows)) {
        // Of each insert its own: by default a Replicated table takes equal rows for a repetition, also those of a text that was
        // deleted and is written again.
        const settings = { ...ofInserts, insert_deduplication_token: randomUUID() };
        await attempt(table, () => insertAll(client, table, values, settings));
      }
    },
    command: async (sql, parameters = {}) => {
      await attempt('command', () => client.command({ query: sql, query_params: { ...parameters } }));
    },
    close: () => client.close(),
  };
}

function isClosedConnection(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
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
function* inBatches(rows: readonly Row[]): Generator<readonly Row[]> {
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
