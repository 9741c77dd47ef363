/**
 * A cluster in one process. The engine of the tests has no native protocol, no worker for `ON CLUSTER` and no exchange between
 * replicas. What it has is Distributed tables over shards that are itself. So:
 *
 * - Both shards of the cluster `two` are this process, and share the table `NAME_local`. A filter on that table lets each shard see
 *   only the rows that Distributed sends to it, as if the others were on another machine: a query that expects rows of the other
 *   shard beside its own does not find them.
 * - `ON CLUSTER` is left out: the one process is every node.
 * - Tables made `ON CLUSTER` have the engine below Replicated. A Replicated table can be made here, but not written.
 */
export const CLUSTER_CONFIG = `
    <tcp_port>9000</tcp_port>
    <zookeeper><implementation>testkeeper</implementation></zookeeper>
    <macros><shard>one</shard><replica>first</replica></macros>
    <remote_servers><two>
      <shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
      <shard><internal_replication>true</internal_replication><replica><host>127.0.0.1</host><port>9000</port></replica></shard>
    </two></remote_servers>`;

const SHARDS = 2;
const SPREAD = /Distributed\('two', currentDatabase\(\), '(\w+)', (sipHash64\(\w+\))\)/;

/** The cluster of one engine. */
export class OneProcessCluster {
  /** By database: what each shard sees of its tables. */
  #filters = new Map();

  /** The statement to run in the place of one that is meant for a cluster. */
  statement(text, database) {
    const here = text.replace(/ ON CLUSTER 'two'/, '');
    if (here === text) return text;
    const [, local, hash] = SPREAD.exec(here) ?? [];
    if (local === undefined) return here.replace(/ENGINE = Replicated(\w+)\('[^']*', '[^']*'(?:, )?/, 'ENGINE = $1(');
    const filters = this.#filters.get(database) ?? {};
    filters[`${database}.${local}`] = `shardCount() = 0 OR ${hash} % ${SHARDS} = shardNum() - 1`;
    this.#filters.set(database, filters);
    return here;
  }

  /** The settings of a query in a database. */
  settings(database) {
    const filters = Object.entries(this.#filters.get(database) ?? {});
    return filters.length === 0
      ? []
      : [['additional_table_filters', `{${filters.map(([table, filter]) => `'${table}': '${filter}'`).join(', ')}}`]];
  }
}
