import type { Connection } from './connection.js';

/**
 * The tables. Only maxima and unions are kept by accumulation; every sum is computed from deduplicated rows and replaced whole, so
 * that a row that is there twice, or comes late, counts once. No key holds anything that a later version of the row can change.
 *
 * - `observations`: of each observation the version of the highest rank (see rank.ts), with the recipes of its texts.
 * - `statements`: everything that observations said of their traces, each statement once. A set that only grows.
 * - `traces`: computed from both. The highest `version` is the one that was computed from the most.
 * - `session_traces`: for each session id that a trace ever had one row; `is_alive` only under the current one.
 * - `trace_digests`: what follows from the words of a trace, made some time after it was stored.
 * - `sessions`: computed from `session_traces` and `trace_digests`.
 * - `session_activity`: the minutes in which sessions were active, by which a page of the latest ones is found.
 * - `contents`: long texts, each once.
 * - `writes`: batches that were begun, and whether the rows that are computed from them were written.
 */
interface Table {
  readonly name: string;
  /** Name and type. */
  readonly columns: readonly (readonly [string, string])[];
  readonly key: readonly string[];
  /** The column whose highest value stands; null where rows of one key are merged by the types of the columns. */
  readonly version: string | null;
  /** What decides on which shard of a cluster a row is: rows of one key are on one shard. */
  readonly shardBy: string;
  /** Rows that are read together, at least: few where single rows are read by their keys. Default 8,192. */
  readonly granularity?: number;
  /** When rows are deleted. Default: never. */
  readonly ttl?: string;
}

const TEXT = 'String CODEC(ZSTD(3))';

const TABLES: readonly Table[] = [
  {
    name: 'observations',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['observation_id', 'String'],
      ['rank', 'UInt256'],
      ['facts', TEXT],
      ['input', TEXT],
      ['output', TEXT],
      ['metadata', TEXT],
      ['events', TEXT],
    ],
    key: ['project_id', 'trace_id', 'observation_id'],
    version: 'rank',
    shardBy: 'trace_id',
    granularity: 1024,
  },
  {
    name: 'statements',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['hash', 'String'],
      ['said', TEXT],
      ['input', TEXT],
      ['output', TEXT],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'trace_id', 'hash'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 1024,
  },
  {
    name: 'traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['session_id', 'String'],
      ['user_id', 'String'],
      ['name', 'String'],
      ['release', 'String'],
      ['trace_version', 'String'],
      ['environment', 'String'],
      ['tags', 'Array(String)'],
      ['start_ms', 'Float64'],
      ['shown', TEXT],
      ['input', TEXT],
      ['output', TEXT],
    ],
    key: ['project_id', 'trace_id'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 256,
  },
  {
    name: 'session_traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['session_id', 'String'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['is_alive', 'UInt8'],
      ['summary', TEXT],
    ],
    key: ['project_id', 'session_id', 'trace_id'],
    version: 'version',
    shardBy: 'session_id',
    granularity: 256,
  },
  {
    name: 'trace_digests',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['digest', TEXT],
    ],
    key: ['project_id', 'trace_id'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 256,
  },
  {
    name: 'sessions',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['session_id', 'String'],
      ['version', 'UInt256'],
      ['is_alive', 'UInt8'],
      ['start_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['duration_ms', 'Float64'],
      ['cost_nano', 'Float64'],
      ['has_cost', 'UInt8'],
      ['tokens', 'Float64'],
      ['turns', 'Float64'],
      ['errors', 'Float64'],
      // Everything that the session is found by, as `textKey` writes it.
      ['texts', 'Array(String)'],
      ['shown', TEXT],
    ],
    key: ['project_id', 'session_id'],
    version: 'version',
    shardBy: 'session_id',
    granularity: 256,
  },
  {
    name: 'session_activity',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['minute', 'Int64'],
      ['session_id', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'minute', 'session_id'],
    version: 'version',
    shardBy: 'session_id',
    granularity: 256,
  },
  {
    name: 'contents',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['hash', 'String'],
      ['text', TEXT],
      ['last_written', 'DateTime'],
    ],
    key: ['project_id', 'hash'],
    version: 'last_written',
    shardBy: 'hash',
  },
  {
    name: 'pieces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['kind', 'LowCardinality(String)'],
      ['source_id', 'String'],
      ['piece_key', 'String'],
      ['trace_id', 'String'],
      ['first_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['piece', TEXT],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'kind', 'source_id', 'piece_key'],
    version: 'version',
    shardBy: 'source_id',
  },
  {
    name: 'pieces_of_traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['kind', 'LowCardinality(String)'],
      ['source_id', 'String'],
      ['piece_key', 'String'],
      ['first_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'trace_id', 'kind', 'source_id', 'piece_key'],
    version: 'version',
    shardBy: 'trace_id',
  },
  {
    name: 'log_events',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['observation_id', 'String'],
      ['event_key', 'String'],
      ['first', 'SimpleAggregateFunction(min, Tuple(Float64, String))'],
    ],
    key: ['project_id', 'trace_id', 'observation_id', 'event_key'],
    version: null,
    shardBy: 'trace_id',
  },
  {
    name: 'annotations',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['kind', 'LowCardinality(String)'],
      ['annotation_id', 'String'],
      ['latest', 'SimpleAggregateFunction(max, Tuple(Float64, String))'],
    ],
    key: ['project_id', 'kind', 'annotation_id'],
    version: null,
    shardBy: 'annotation_id',
  },
  {
    name: 'media',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['media_id', 'String'],
      ['content_type', 'String'],
      ['base64', 'String CODEC(ZSTD(1))'],
      // Of two that are there the one that came first stands.
      ['priority', 'UInt64'],
    ],
    key: ['project_id', 'media_id'],
    version: 'priority',
    shardBy: 'media_id',
  },
  {
    name: 'writes',
    columns: [
      // When the writer began, by its clock: an unfinished write is found without reading those of the whole day.
      ['minute', 'UInt32'],
      ['project_id', 'LowCardinality(String)'],
      ['write_id', 'String'],
      ['trace_ids', 'Array(String)'],
      ['is_done', 'UInt8'],
      ['marked', 'DateTime DEFAULT now()'],
    ],
    key: ['minute', 'project_id', 'write_id'],
    version: 'is_done',
    shardBy: 'write_id',
    ttl: 'marked + INTERVAL 1 DAY DELETE WHERE is_done = 1',
  },
];

/** A cluster by its name in ClickHouse's configuration; null for a single server. */
export type Cluster = string | null;

/** The statements that make the tables where they are not there. */
function statementsOf(cluster: Cluster): string[] {
  return TABLES.flatMap((table) =>
    cluster === null ? [localTable(table, table.name, null)] : distributed(table, cluster),
  );
}

/** The table that holds the rows, for a statement that changes them: ClickHouse does not change those of a spread table. */
export function storedIn(table: string, cluster: Cluster): string {
  return cluster === null ? table : `${table}_local ON CLUSTER '${cluster}'`;
}

/** Makes the database of an address where it is not there. */
export function databaseStatement(database: string, cluster: Cluster): string {
  return `CREATE DATABASE IF NOT EXISTS ${database}${cluster === null ? '' : ` ON CLUSTER '${cluster}'`}`;
}

/** Makes the tables where they are not there. Safe to run by several nodes at once. */
export async function prepareTables(connection: Connection, cluster: Cluster): Promise<void> {
  for (const statement of statementsOf(cluster)) await connection.command(statement);
}

function distributed(table: Table, cluster: string): string[] {
  const local = `${table.name}_local`;
  return [
    localTable(table, local, cluster),
    `CREATE TABLE IF NOT EXISTS ${table.name} ON CLUSTER '${cluster}' AS ${local}
      ENGINE = Distributed('${cluster}', currentDatabase(), '${local}', sipHash64(${table.shardBy}))`,
  ];
}

function localTable({ columns, key, version, ttl, granularity }: Table, name: string, cluster: Cluster): string {
  const engine = version === null ? 'AggregatingMergeTree' : 'ReplacingMergeTree';
  const path = `'/clickhouse/tables/{shard}/{database}/${name}', '{replica}'`;
  const settings = [
    ...['fsync_after_insert = 1', 'fsync_part_directory = 1'],
    ...(granularity === undefined ? [] : [`index_granularity = ${granularity}`]),
  ];
  const parameters = [...(cluster === null ? [] : [path]), ...(version === null ? [] : [version])].join(', ');
  return `CREATE TABLE IF NOT EXISTS ${name}${cluster === null ? '' : ` ON CLUSTER '${cluster}'`} (
    ${columns.map(([column, type]) => `${column} ${type}`).join(',\n    ')}
  ) ENGINE = ${cluster === null ? '' : 'Replicated'}${engine}(${parameters})
  ORDER BY (${key.join(', ')})${ttl === undefined ? '' : `\n  TTL ${ttl}`}
  SETTINGS ${settings.join(', ')}`;
}
