import { parseArgs } from 'node:util';
import { DEFAULT_PORT } from '@powerrag/protocol';
import type { Keys } from '../http/authentication.js';
import { isLoopback } from '../http/loopback.js';
import { type FileCommand, isFileCommand, readFileCommand } from './file-commands.js';
import type { MigrateCommand } from './migrate.js';
import { readMigrate } from './migrate-arguments.js';
import { InvalidOption, readOptions, type ServerConfig, type ServerOptions } from './options.js';
import { UsageError } from './usage-error.js';

/** What the command line and the environment say to do. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | FileCommand
  | MigrateCommand
  | { readonly name: 'serve'; readonly config: ServerConfig };

export const HELP = `Usage: powerrag <command> [options]

Commands:
  serve               receives traces over OTLP, stores them in a SQLite file or in ClickHouse, and serves Session Replay
  backup <file>       copies the SQLite file, of a running server too, to a file that does not exist
  restore <file>      puts a backup in the place of the SQLite file; the server must not run
  export <file>       writes all sessions to a file that does not exist, as OTLP/JSON, one request a line
  migrate sqlite clickhouse
                      moves the SQLite file to ClickHouse (--store), and compares each trace; the server must not run
  import <file>       stores OTLP (JSON, protobuf, or one request a line) or traces of Langfuse's API; the server must not run

Options of these:
  --database <file>   SQLite file (default ./powerrag.db)
  --replace           with restore: keep the database that is there aside

Options of serve:
  --host <address>    address to listen on (default 127.0.0.1)
  --port <number>     port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  --database <file>   SQLite file, created if missing (default ./powerrag.db)
  --store <address>   ClickHouse instead of a file, as clickhouse://user:password@host:8123/database (default $POWERRAG_STORE)
  --prices <file>     JSON file with prices of models, for estimated costs (default $POWERRAG_PRICES)
  --retention <days>  delete traces that ended longer ago, such as 30d (default $POWERRAG_RETENTION)
  --help              show this help
  --version           show the version

If POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are set, clients must send them as HTTP Basic authentication.
They are required on an address that other machines can reach.
`;

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function readCommand(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const [first, ...others] = args;
  if (first === 'migrate' || (first !== undefined && isFileCommand(first))) {
    if (others.includes('--help') || others.includes('-h')) return { name: 'help' };
    return first === 'migrate' ? readMigrate(others, env) : readFileCommand(first, others);
  }
  return readServe(args, env);
}

function readServe(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError('The command is missing; run powerrag serve. See powerrag --help.');
  if (command !== 'serve')
    throw new UsageError(`There is no command "${command}"; run powerrag serve. See powerrag --help.`);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is not an option of serve. See powerrag --help.`);
  const port = readPort(values.port);
  const keys = readKeys(values.host ?? '127.0.0.1', env) ?? undefined;
  const prices = values.prices ?? (env.POWERRAG_PRICES || undefined);
  const retention = values.retention ?? (env.POWERRAG_RETENTION || undefined);
  const store = values.store ?? (values.database === undefined ? env.POWERRAG_STORE || undefined : undefined);
  const { host, database } = values;
  return { name: 'serve', config: readConfig({ host, port, database, store, prices, retention, keys }) };
}

/** An option of the command line has the name of the server's, after two dashes. */
function readConfig(options: ServerOptions): ServerConfig {
  try {
    return readOptions(options);
  } catch (error) {
    throw error instanceof InvalidOption ? new UsageError(`--${error.message}`) : error;
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        host: { type: 'string' },
        port: { type: 'string' },
        database: { type: 'string' },
        store: { type: 'string' },
        prices: { type: 'string' },
        retention: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`${reason}. See powerrag --help.`);
  }
}

function readPort(text: string | undefined): number | undefined {
  if (text === undefined || /^\d{1,5}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UsageError(`--port must be a whole number from 0 to 65535, got "${text}".`);
}

/** Null when neither is set, which is for a loopback address only. */
function readKeys(host: string, env: Readonly<Record<string, string | undefined>>): Keys | null {
  const publicKey = env.POWERRAG_PUBLIC_KEY ?? '';
  const secretKey = env.POWERRAG_SECRET_KEY ?? '';
  if (publicKey === '' || secretKey === '') {
    if (host !== '' && !isLoopback(host)) {
      throw new UsageError(
        `${host} can be reached from other machines: set POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY, which clients must then send, or listen on 127.0.0.1.`,
      );
    }
    if (publicKey === secretKey) return null;
    const [missing, set] = publicKey === '' ? ['PUBLIC', 'SECRET'] : ['SECRET', 'PUBLIC'];
    throw new UsageError(`POWERRAG_${missing}_KEY is not set, but POWERRAG_${set}_KEY is. Set both, or neither.`);
  }
  if (publicKey.includes(':'))
    throw new UsageError('POWERRAG_PUBLIC_KEY must not contain a colon: HTTP Basic authentication splits there.');
  return { publicKey, secretKey };
}
