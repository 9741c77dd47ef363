import { parseArgs } from 'node:util';
import { InvalidAddress, readAddress } from '../store/clickhouse/address.js';
import type { MigrateCommand } from './migrate.js';
import { UsageError } from './usage-error.js';

const USAGE = 'run powerrag migrate sqlite clickhouse --database <file> --store <address>';

/** Reads the arguments after `migrate`. Throws `UsageError`. */
export function readMigrate(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): MigrateCommand {
  const { values, positionals } = parse(args);
  const [from, to, ...more] = positionals;
  if (from !== 'sqlite' || to !== 'clickhouse' || more.length > 0) {
    throw new UsageError(`migrate moves a SQLite file to ClickHouse: ${USAGE}. See powerrag --help.`);
  }
  const { database = './powerrag.db', store = env.POWERRAG_STORE ?? '' } = values;
  if (database === '') throw new UsageError('--database must not be empty; leave it out for ./powerrag.db.');
  if (store === '') throw new UsageError(`--store is missing, and POWERRAG_STORE is not set: ${USAGE}.`);
  try {
    readAddress(store);
  } catch (error) {
    throw error instanceof InvalidAddress ? new UsageError(`--store ${error.message}.`) : error;
  }
  return { name: 'migrate', database, store };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { database: { type: 'string' }, store: { type: 'string' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`migrate: ${reason}. See powerrag --help.`);
  }
}
