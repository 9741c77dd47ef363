import type { Connection } from './connection.js';
import { TABLES, type Table } from './tables.js';

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

/**
 * Makes the tables where they are not there, and adds to those of an older version the columns and indexes that they lack. Safe to
 * run by several nodes at once.
 */
export async function prepareTables(connection: Connection, cluster: Cluster): Promise<void> {
  for (const statement of statementsOf(cluster)) await connection.command(statement);
  const named = (what: string) =>
    connection.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.${what} WHERE database = currentDatabase()`,
    );
  const [columns, indexes] = await Promise.all([named('columns'), named('data_skipping_indices')]);
  for (const statement of additionsOf(cluster, columns, indexes)) await connection.command(statement);
}

type Named = readonly { readonly table: string; readonly name: string }[];

function additionsOf(cluster: Cluster, columns: Named, indexes: Named): string[] {
  const isThere = (all: Named, table: string, name: string) =>
    all.some((each) => each.table === table && each.name === name);
  const on = cluster === null ? '' : ` ON CLUSTER '${cluster}'`;
  return TABLES.flatMap((table) => {
    const local = cluster === null ? table.name : `${table.name}_local`;
    const columnsFor = (name: string) =>
      table.columns
        .filter(([column]) => !isThere(columns, name, column))
        .map(([column, type]) => `ALTER TABLE ${name}${on} ADD COLUMN IF NOT EXISTS ${column} ${type}`);
    const indexesFor = (table.indexes ?? [])
      .filter((index) => !isThere(indexes, local, index.split(' ', 1)[0] ?? ''))
      .map((index) => `ALTER TABLE ${local}${on} ADD INDEX IF NOT EXISTS ${index}`);
    return [...columnsFor(local), ...(cluster === null ? [] : columnsFor(table.name)), ...indexesFor];
  });
}

function distributed(table: Table, cluster: string): string[] {
  const local = `${table.name}_local`;
  return [
    localTable(table, local, cluster),
    `CREATE TABLE IF NOT EXISTS ${table.name} ON CLUSTER '${cluster}' AS ${local}
      ENGINE = Distributed('${cluster}', currentDatabase(), '${local}', sipHash64(${table.shardBy}))`,
  ];
}

function localTable(
  { columns, key, version, ttl, granularity, indexes = [] }: Table,
  name: string,
  cluster: Cluster,
): string {
  const engine = version === null ? 'AggregatingMergeTree' : 'ReplacingMergeTree';
  const path = `'/clickhouse/tables/{shard}/{database}/${name}', '{replica}'`;
  const settings = [
    ...['fsync_after_insert = 1', 'fsync_part_directory = 1'],
    ...(granularity === undefined ? [] : [`index_granularity = ${granularity}`]),
  ];
  const parameters = [...(cluster === null ? [] : [path]), ...(version === null ? [] : [version])].join(', ');
  return `CREATE TABLE IF NOT EXISTS ${name}${cluster === null ? '' : ` ON CLUSTER '${cluster}'`} (
    ${[...columns.map(([column, type]) => `${column} ${type}`), ...indexes.map((index) => `INDEX ${index}`)].join(',\n    ')}
  ) ENGINE = ${cluster === null ? '' : 'Replicated'}${engine}(${parameters})
  ORDER BY (${key.join(', ')})${ttl === undefined ? '' : `\n  TTL ${ttl}`}
  SETTINGS ${settings.join(', ')}`;
}
