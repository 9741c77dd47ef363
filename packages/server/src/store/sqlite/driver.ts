import { createRequire } from 'node:module';

/** The part of SQLite that the store needs. `node:sqlite` and better-sqlite3 both have this interface. */
export interface Database {
  exec(sql: string): unknown;
  prepare(sql: string): Statement;
  close(): unknown;
}

export interface Statement {
  run(...values: SqlValue[]): { readonly changes: number | bigint; readonly lastInsertRowid: number | bigint };
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export type SqlValue = string | number | null | Uint8Array;

/** As many question marks as there are values to bind, for a statement's text. */
export function placeholders(values: readonly unknown[]): string {
  return values.map(() => '?').join(', ');
}

interface DriverOptions {
  /** Neither writes nor creates the file. Default false. */
  readonly readOnly?: boolean;
}

/** Opens a file and creates it if it does not exist. Throws SQLite's own error. */
export type Driver = (path: string, options?: DriverOptions) => Database;

/** Whether another program holds a lock. The code of SQLite's error: `SQLITE_…` from better-sqlite3, a number in `errcode` from node:sqlite. */
export function isBusy(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ('code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_BUSY')) return true;
  return 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === 5;
}

/** SQLite's codes for a value that it does not accept: too big, a constraint, a mismatch, out of range. */
const FAULTS_OF_DATA = new Map([
  [18, 'SQLITE_TOOBIG'],
  [19, 'SQLITE_CONSTRAINT'],
  [20, 'SQLITE_MISMATCH'],
  [25, 'SQLITE_RANGE'],
]);

/** Whether a statement failed because of its values, and so will fail again, not because of the disk or the file. */
export function isFaultOfData(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true;
  if (!(error instanceof Error)) return false;
  // better-sqlite3 names the code (`SQLITE_CONSTRAINT_NOTNULL`); node:sqlite numbers it, and has codes of Node's own.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if ([...FAULTS_OF_DATA.values()].some((name) => code.startsWith(name))) return true;
  return 'errcode' in error && typeof error.errcode === 'number' && FAULTS_OF_DATA.has(error.errcode & 0xff);
}

/** There is no SQLite. The message says how to install one. */
export class SqliteMissing extends Error {
  override readonly name = 'SqliteMissing';
}

/** `node:sqlite`, or null when this Node has none (before 22.13). */
export function nodeSqlite(): Driver | null {
  const module = withoutWarning('SQLite', () => process.getBuiltinModule('node:sqlite') as unknown);
  if (!hasDatabaseSync(module)) return null;
  return (path, { readOnly = false } = {}) => new module.DatabaseSync(path, { readOnly });
}

/** Node warns that its SQLite is experimental. Using it is our choice, so the user must not see the warning. */
function withoutWarning<T>(about: string, load: () => T): T {
  const { emitWarning } = process;
  process.emitWarning = (warning: string | Error, ...rest: unknown[]) => {
    if (!String(warning).includes(about)) Reflect.apply(emitWarning, process, [warning, ...rest]);
  };
  try {
    return load();
  } finally {
    process.emitWarning = emitWarning;
  }
}

/** better-sqlite3, or null when it is not installed. Throws `SqliteMissing` when it is installed but cannot be loaded. */
export function betterSqlite3(): Driver | null {
  const require = createRequire(import.meta.url);
  try {
    const Constructor: typeof import('better-sqlite3') = require('better-sqlite3');
    // Its compiled part is loaded with the first database.
    new Constructor(':memory:').close();
    return (path, { readOnly = false } = {}) => new Constructor(path, { readonly: readOnly, fileMustExist: readOnly });
  } catch (error) {
    const broken = brokenSqlite(error);
    if (broken) throw broken;
    return null;
  }
}

/** Why better-sqlite3 cannot be loaded, with the fix; null when it is not installed. */
export function brokenSqlite(error: unknown): SqliteMissing | null {
  const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('\n', 1);
  const missesModule = error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
  // Node's error is the same for a package that better-sqlite3 needs, and for a file of its own.
  if (missesModule && reason === "Cannot find module 'better-sqlite3'") return null;
  const fix = missesModule
    ? 'install it anew with "npm install better-sqlite3@12"'
    : 'build it again with "npm rebuild better-sqlite3"';
  return new SqliteMissing(`better-sqlite3 is installed but cannot be loaded; ${fix}. (${reason})`);
}

/** The SQLite of this installation. Throws `SqliteMissing` if it has none. */
export function anyDriver(): Driver {
  const driver = nodeSqlite() ?? betterSqlite3();
  if (driver === null) {
    throw new SqliteMissing(
      `Node ${process.versions.node} has no built-in SQLite: use Node 22.13 or later, or run ` +
        '"npm install @powerrag/server better-sqlite3@12", then "npx powerrag serve".',
    );
  }
  return driver;
}

interface NodeSqliteModule {
  readonly DatabaseSync: new (path: string, options: { readonly readOnly: boolean }) => Database;
}

function hasDatabaseSync(module: unknown): module is NodeSqliteModule {
  return typeof module === 'object' && module !== null && 'DatabaseSync' in module;
}
