import { parseArgs } from 'node:util';
import { DEFAULT_PORT } from '@powerrag/protocol';
import { type DeleteCommand, readDeleteCommand } from './delete-command.js';
import { type FileCommand, isFileCommand, readFileCommand } from './file-commands.js';
import type { MigrateCommand } from './migrate.js';
import { readMigrate } from './migrate-arguments.js';
import { type Environment, type GivenOptions, gatherOptions, OPTION_FLAGS, withLabels } from './option-sources.js';
import { type LogOptions, readCommandOptions, type ServerConfig } from './options.js';
import { UsageError } from './usage-error.js';

/** What the command line and the environment say to do. */
export type Command =
  | { readonly name: 'help' }
  | { readonly name: 'version' }
  | FileCommand
  | DeleteCommand
  | MigrateCommand
  | { readonly name: 'doctor'; readonly given: GivenOptions }
  | { readonly name: 'serve'; readonly config: ServerConfig; readonly logging: LogOptions };

export const HELP = `Usage: powerrag <command> [options]

Commands:
  serve                 receives traces over OTLP, stores them in a SQLite file or in ClickHouse, and serves Session Replay
  doctor                checks options, keys, port, disk and the SQLite file, of a running server too, and says what to do
  backup <file>         copies the SQLite file, of a running server too, to a file that does not exist
  restore <file>        puts a backup in the place of the SQLite file; the server must not run
  export <file>         writes all sessions with their scores, comments and media to a file that does not exist, as OTLP/JSON lines
  import <file>         stores such a file, OTLP (JSON or protobuf) or traces of Langfuse's API; the server must not run
  delete                deletes traces for good; a server on the SQLite file must not run
  migrate sqlite clickhouse
                        moves the SQLite file to ClickHouse, and compares each trace; a server on the file must not run

Options of serve and doctor, --store also of delete and migrate:
  --host <address>      address to listen on (default 127.0.0.1)
  --port <number>       port to listen on, 0 for any free one (default ${DEFAULT_PORT})
  --database <file>     SQLite file, created if missing; of the other commands too (default ./powerrag.db)
  --store <address>     ClickHouse instead of a file, as clickhouse://user:password@host:8123/database
  --prices <file>       JSON file with prices of models, for estimated costs (default built-in prices)
  --retention <days>    delete traces that ended longer ago, such as 30d (default keep all)
  --log-format <form>   how the log is written: text or json (default text)
  --log-level <level>   what the log has: error, info, or debug with each request (default info)

Options of restore:
  --replace             keep the database that is there aside

Options of delete, one of the first four:
  --trace <id>          this trace; may be given more than once
  --session <id>        all traces of this session
  --user <id>           all traces of this user
  --older-than <days>   all traces that ended longer ago, such as 30d
  --yes                 do not ask

Options of all:
  --config <file>       JSON file with options by name, such as { "port": 4318 } (default powerrag.config.json, if it is there)
  --help                show this help
  --version             show the version

An option that is not given as a flag is taken from the environment, as POWERRAG_PORT or POWERRAG_LOG_FORMAT, else from the file.
If POWERRAG_PUBLIC_KEY and POWERRAG_SECRET_KEY are set, or "keys" in the file, clients must send them as HTTP Basic authentication.
They are required on an address that other machines can reach.
`;

/** Reads the arguments after the program's name. Throws `UsageError`. */
export function readCommand(args: readonly string[], env: Environment): Command {
  const [first, ...others] = args;
  const wantsHelp = others.includes('--help') || others.includes('-h');
  if (first !== undefined && isFileCommand(first)) {
    return wantsHelp ? { name: 'help' } : readFileCommand(first, others, env);
  }
  if (first === 'migrate') return wantsHelp ? { name: 'help' } : readMigrate(others, env);
  if (first === 'delete') return wantsHelp ? { name: 'help' } : readDeleteCommand(others, env);
  const { values, positionals } = parse(args);
  if (values.help === true) return { name: 'help' };
  if (values.version === true) return { name: 'version' };
  const [command, ...rest] = positionals;
  if (command === undefined) throw new UsageError('The command is missing; run powerrag serve. See powerrag --help.');
  if (command !== 'serve' && command !== 'doctor')
    throw new UsageError(`There is no command "${command}"; run powerrag serve. See powerrag --help.`);
  if (rest.length > 0) throw new UsageError(`"${rest.join(' ')}" is not an option of ${command}. See powerrag --help.`);
  const given = gatherOptions(values, env);
  if (command === 'doctor') return { name: 'doctor', given };
  return { name: 'serve', ...readServeOptions(given) };
}

/** Throws `UsageError`. */
export function readServeOptions(given: GivenOptions): ReturnType<typeof readCommandOptions> {
  const options = withLabels(given, readCommandOptions);
  if (given.halfKeys !== null) throw new UsageError(given.halfKeys);
  return options;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { ...OPTION_FLAGS, help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'v' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`${reason}. See powerrag --help.`);
  }
}
