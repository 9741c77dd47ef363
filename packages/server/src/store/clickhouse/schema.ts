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

/** Inserts of a table whose repetition is not taken. Replicated tables remember 10,000 by default. */
const REMEMBERED_INSERTS = 'non_replicated_deduplication_window = 100';

/**
 * Makes the tables where they are not there, and adds to those of an older version the columns, indexes, projections and settings that they lack.
 * Safe to run by several nodes at once.
 */
export async function prepareTables(connection: Connection, cluster: Cluster): Promise<void> {
  for (const statement of statementsOf(cluster)) await connection.command(statement);
  if (cluster === null) await rememberInserts(connection);
  const named = (what: string) =>
    connection.query<{ table: string; name: string }>(
      `SELECT table, name FROM system.${what} WHERE database = currentDatabase()`,
    );
  const [columns, indexes, projections] = await Promise.all([
    named('columns'),
    named('data_skipping_indices'),
    named('projections'),
  ]);
  for (const statement of additionsOf(cluster, { columns, indexes, projections })) await connection.command(statement);
}

async function rememberInserts(connection: Connection): Promise<void> {
  const tables = await connection.query<{ name: string }>(
    `SELECT name FROM system.tables
      WHERE database = currentDatabase() AND engine LIKE '%MergeTree' AND position(engine_full, '${REMEMBERED_INSERTS}') = 0`,
  );
  for (const { name } of tables.filter((each) => TABLES.some((table) => table.name === each.name))) {
    await connection.command(`ALTER TABLE ${name} MODIFY SETTING ${REMEMBERED_INSERTS}`);
  }
}

type Named = readonly { readonly table: string; readonly name: string }[];

function additionsOf(
  cluster: Cluster,
  { columns, indexes, projections }: Readonly<Record<'columns' | 'indexes' | 'projections', Named>>,
): string[] {
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
    const projectionsFor = projectionsOf(table)
      .filter(({ name }) => !isThere(projections, local, name))
      .flatMap(({ name, select }) => [
        `ALTER TABLE ${local}${on} MODIFY SETTING ${KEEP_PROJECTIONS}`,
        `ALTER TABLE ${local}${on} ADD PROJECTION IF NOT EXISTS ${name} (${select})`,
      ]);
    const ofSpread = cluster === null ? [] : columnsFor(table.name);
    return [...columnsFor(local), ...ofSpread, ...indexesFor, ...projectionsFor];
  });
}

/** When versions of a row are merged, the projections are made again. */
const KEEP_PROJECTIONS = "deduplicate_merge_projection_mode = 'rebuild'";

function projectionsOf({ key: [project, id], orderedBy = [] }: Table): { name: string; select: string }[] {
  return orderedBy.map((column) => {
    const columns = `${project}, ${column}, ${id}`;
    return { name: `by_${column}`, select: `SELECT ${columns} ORDER BY ${columns}` };
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

function localTable(table: Table, name: string, cluster: Cluster): string {
  const { columns, key, version, ttl, granularity, indexes = [] } = table;
  const projections = projectionsOf(table);
  const engine = version === null ? 'AggregatingMergeTree' : 'ReplacingMergeTree';
  const path = `'/clickhouse/tables/{shard}/{database}/${name}', '{replica}'`;
  const settings = [
    ...['fsync_after_insert = 1', 'fsync_part_directory = 1'],
    ...(cluster === null ? [REMEMBERED_INSERTS] : []),
    ...(granularity === undefined ? [] : [`index_granularity = ${granularity}`]),
    ...(projections.length === 0 ? [] : [KEEP_PROJECTIONS]),
  ];
  const parameters = [...(cluster === null ? [] : [path]), ...(version === null ? [] : [version])].join(', ');
  const parts = [
    ...columns.map(([column, type]) => `${column} ${type}`),
    ...indexes.map((index) => `INDEX ${index}`),
    ...projections.map((projection) => `PROJECTION ${projection.name} (${projection.select})`),
  ];
  return `CREATE TABLE IF NOT EXISTS ${name}${cluster === null ? '' : ` ON CLUSTER '${cluster}'`} (
    ${parts.join(',\n    ')}
  ) ENGINE = ${cluster === null ? '' : 'Replicated'}${engine}(${parameters})
  ORDER BY (${key.join(', ')})${ttl === undefined ? '' : `\n  TTL ${ttl}`}
  SETTINGS ${settings.join(', ')}`;
}
