import { parseArgs } from 'node:util';
import { type Environment, type GivenOptions, gatherOptions, withLabels } from './option-sources.js';
import { COMMAND_OPTIONS, check } from './options.js';
import { UsageError } from './usage-error.js';

/** A command that works on files and ends. */
export type FileCommand =
  | { readonly name: 'backup' | 'export' | 'import'; readonly database: string; readonly file: string }
  | { readonly name: 'restore'; readonly database: string; readonly file: string; readonly replace: boolean };

/** What each command is given, as its usage says. */
const OPERANDS = {
  backup: 'the file to write',
  restore: 'the backup',
  export: 'the file to write',
  import: 'the file to read',
} as const satisfies Record<FileCommand['name'], string>;

export function isFileCommand(name: string): name is FileCommand['name'] {
  return Object.hasOwn(OPERANDS, name);
}

/** Reads the arguments after the command's name. Throws `UsageError`. */
export function readFileCommand(name: FileCommand['name'], args: readonly string[], env: Environment): FileCommand {
  const { values, positionals } = parse(name, args);
  const { replace = false } = values;
  const database = databaseOf(name, gatherOptions(values, env));
  const [file, ...more] = positionals;
  if (file === undefined || file === '') {
    throw new UsageError(`${name} needs ${OPERANDS[name]}: run powerrag ${name} <file>. See powerrag --help.`);
  }
  if (more.length > 0) throw new UsageError(`${name} takes one file; "${more.join(' ')}" is too much.`);
  if (name === 'restore') return { name, database, file, replace };
  if (replace) throw new UsageError('--replace is an option of restore only; name a file that does not exist.');
  return { name, database, file };
}

/** The SQLite file that a command works on. Throws `UsageError` when the options name ClickHouse. */
export function databaseOf(command: string, given: GivenOptions): string {
  const { database, store } = given.values;
  if (database === undefined && store !== undefined) {
    throw new UsageError(
      `${given.label('store')} names ClickHouse, and ${command} works on a SQLite file; name it with --database.`,
    );
  }
  return withLabels({ ...given, values: { database } }, (values) =>
    check({ database: COMMAND_OPTIONS.database }, values),
  ).database;
}

function parse(name: string, args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { config: { type: 'string' }, database: { type: 'string' }, replace: { type: 'boolean' } },
    });
  } catch (error) {
    const reason = error instanceof Error ? (error.message.split('. ', 1)[0] ?? '') : String(error);
    throw new UsageError(`${name}: ${reason}. See powerrag --help.`);
  }
}
