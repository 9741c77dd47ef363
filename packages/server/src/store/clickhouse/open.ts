import { StoreUnavailable } from '../unavailable.js';
import { fillAnnotationPlaces } from './annotation-places.js';
import type { Connection } from './connection.js';
import { isAccessDenied } from './failures.js';
import { type PreparedConnection, prepared } from './prepared.js';
import { type Cluster, databaseStatement, prepareTables } from './schema.js';
import { ClickhouseUnusable } from './unusable.js';

/** The database that every server has. */
const ALWAYS_THERE = 'default';

/**
 * A connection to the database of an address. Where it or its tables are not there, they are made, now or as soon as the server can
 * be reached. Rejects with `ClickhouseUnusable` when the server refuses the user.
 */
export async function openDatabase(
  connectTo: (database: string) => Connection,
  url: string,
  cluster: Cluster,
): Promise<PreparedConnection> {
  const { host, pathname, username } = new URL(url);
  const database = pathname.slice(1);
  const connection = connectTo(database);
  const opened = prepared(connection, async () => {
    await makeDatabase(connectTo(ALWAYS_THERE), database, cluster);
    await prepareTables(connection, cluster);
    await fillAnnotationPlaces(connection);
  });
  try {
    await opened.ready();
  } catch (error) {
    if (error instanceof StoreUnavailable && !isAccessDenied(error)) return opened;
    await connection.close();
    if (!isAccessDenied(error)) throw error;
    const user = username === '' ? 'its default user' : `user ${JSON.stringify(decodeURIComponent(username))}`;
    throw new ClickhouseUnusable(
      `ClickHouse at ${host} does not let ${user} in, or not make tables in database ${database}; correct --store, or grant CREATE, ALTER, INSERT and SELECT.`,
      { cause: error },
    );
  }
  return opened;
}

async function makeDatabase(connection: Connection, database: string, cluster: Cluster): Promise<void> {
  try {
    // Asked first: a user who may not make databases may use one that is there.
    const there = await connection.query('SELECT 1 FROM system.databases WHERE name = {database:String}', { database });
    if (there.length === 0) await connection.command(databaseStatement(database, cluster));
  } finally {
    await connection.close();
  }
}
