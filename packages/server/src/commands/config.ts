import { parseArgs } from 'node:util';
import { DEFAULT_PORT } from '@powerrag/protocol';
import type { Keys } from '../http/authentication.js';
import { isLoopback } from '../http/loopback.js';

/** What the command line and the environment ask for. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | { readonly name: 'serve'; readonly config: ServeConfig };

export interface ServeConfig {
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  /** Path of the SQLite file. */
  readonly database: string;
  /** What clients need. Null where none are set, which is for a loopback address only. */
  readonly keys: Keys | null;
  /** Path of a JSON file with prices of models. Absent for those of the table alone. */
  readonly prices?: string;
}

/** The command line or the environment asks for something that cannot be. The message says what would do. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

export const HELP = `Usage: powerrag serve [options]

Receives traces over OTLP, stores them in a SQLite file, and serves Session Replay.

Options:
  --host <address>    address to listen on (default 127.0.0.1)
  --port <number>     port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  --database <file>   SQLite file, created where there is none (default ./powerrag.db)
  --prices <file>     JSON file with prices of models, for estimated costs (default $POWERRAG_PRICES)
  --help              show this
  --version           show the version

Where POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are set, clients need them, as HTTP Basic authentication.
On an address that other machines can reach they must be set.
`;

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function readCommand(args: readonly string[], env: Readonly<Record<string, string | undefined>>): Command {
  const { values, positionals } = parse(args);
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError('Say what to do: powerrag serve. See powerrag --help.');
  if (command !== 'serve')
    throw new UsageError(`There is no command "${command}"; there is serve. See powerrag --help.`);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is not an option of serve. See powerrag --help.`);
  const host = values.host ?? '127.0.0.1';
  if (host === '') throw new UsageError('--host must not be empty; leave it out for 127.0.0.1.');
  const database = values.database ?? './powerrag.db';
  if (database === '') throw new UsageError('--database must not be empty; leave it out for ./powerrag.db.');
  const prices = values.prices ?? (env.POWERRAG_PRICES || undefined);
  if (prices === '') throw new UsageError('--prices must not be empty; leave it out for the prices that are built in.');
  return {
    name: 'serve',
    config: {
      host,
      port: readPort(values.port),
      database,
      keys: readKeys(host, env),
      ...(prices !== undefined && { prices }),
    },
  };
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
        prices: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'v' },
      },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`${reason}. See powerrag --help.`);
  }
}

function readPort(text: string | undefined): number {
  if (text === undefined) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port must be a number from 0 to 65535, got "${text}".`);
}

/** Null where none are set, which is for a loopback address only. */
function readKeys(host: string, env: Readonly<Record<string, string | undefined>>): Keys | null {
  const publicKey = env.POWERRAG_PUBLIC_KEY ?? '';
  const secretKey = env.POWERRAG_SECRET_KEY ?? '';
  if (publicKey === '' || secretKey === '') {
    if (!isLoopback(host)) {
      throw new UsageError(
        `${host} can be reached from other machines: set POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY, which clients then need, or listen on 127.0.0.1.`,
      );
    }
    if (publicKey === secretKey) return null;
    const [missing, set] = publicKey === '' ? ['PUBLIC', 'SECRET'] : ['SECRET', 'PUBLIC'];
    throw new UsageError(`POWERRAG_${missing}_KEY is not set, but POWERRAG_${set}_KEY is. Set both, or neither.`);
  }
  if (publicKey.includes(':'))
    throw new UsageError('POWERRAG_PUBLIC_KEY must not hold a colon: HTTP Basic authentication splits there.');
  return { publicKey, secretKey };
}
