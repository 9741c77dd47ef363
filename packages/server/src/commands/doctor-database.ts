import { accessSync, constants, existsSync, realpathSync, statfsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { type anyDriver, inspectDatabase, isInUse } from '../store/sqlite/index.js';
import { type Finding, ok, problem, type Report, warning } from './findings.js';
import type { ShowProgress } from './progress.js';

export interface DatabaseCheckDeps {
  readonly driver: ReturnType<typeof anyDriver>;
  readonly progress: ShowProgress;
  readonly report: Report;
}

const MIB = 1024 * 1024;
/** Bytes below which a server would soon store nothing more, and below which that may be soon. */
const DISK_FULL = 100 * MIB;
const DISK_LOW = 1024 * MIB;
/** Bytes of a write-ahead log that something keeps from being emptied. It stops the server at 1 GiB. */
const LONG_LOG = 512 * MIB;

/** The SQLite file: itself, its lock, the disk, its schema, and whether it is damaged. */
export async function checkDatabase(path: string, deps: DatabaseCheckDeps): Promise<Finding | null> {
  const { driver, report } = deps;
  const folder = dirname(resolve(path));
  if (!existsSync(folder)) {
    return problem('database', `the folder ${folder} does not exist; create it, or name another file with --database`);
  }
  const writable = canWrite(folder);
  if (!writable) return problem('database', `the folder ${folder} cannot be written; give this user the right to`);
  if (!existsSync(path)) {
    report(ok('database', `${path} does not exist yet; the server creates it`));
    return checkDisk(folder, 0);
  }
  const file = realpathSync(path);
  const found = checkFile(file);
  report(found);
  if (found.state === 'problem') return null;
  report(ok('lock', isInUse(file, driver) ? 'a server uses the database' : 'no server uses the database'));
  const log = statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
  if (log > LONG_LOG) {
    report(
      warning(
        'write-ahead log',
        `${file}-wal has ${mib(log)}, and at 1024 MiB nothing more is stored: end backups, exports and programs that read the file for long`,
      ),
    );
  }
  report(checkDisk(folder, statSync(file).size + log));
  return checkContent(file, deps);
}

function checkFile(file: string): Finding {
  const { size, nlink, mode } = statSync(file);
  if (!statSync(file).isFile()) return problem('database', `${file} is not a file; name another with --database`);
  if (nlink > 1) {
    return problem(
      'database',
      `${file} has a second name (a hard link), under which another program could write past the server; delete one of the two`,
    );
  }
  if (!canWrite(file)) return problem('database', `${file} cannot be written; give this user the right to`);
  if (size === 0 && existsSync(`${file}-lock`)) {
    return problem(
      'database',
      `${file} is empty, but has been the database of a server; restore it from a backup, or delete it to start anew`,
    );
  }
  if ((mode & 0o077) !== 0 && process.platform !== 'win32') {
    return warning('database', `${file} (${mib(size)}) can be read by other users; run chmod 600 "${file}"`);
  }
  return ok('database', `${file} (${mib(size)})`);
}

function checkDisk(folder: string, used: number): Finding {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  const text = `${mib(free)} are free in ${folder}`;
  if (free < DISK_FULL) return problem('disk', `only ${text}; make room, or shorten --retention`);
  if (free < DISK_LOW) return warning('disk', `only ${text}; make room soon`);
  if (free < used)
    return warning('disk', `${text}: too little for a backup there or a new schema, which need ${mib(used)}`);
  return ok('disk', text);
}

/** Reads everything, table by table, so that a server can empty its write-ahead log in between. */
async function checkContent(file: string, { driver, progress, report }: DatabaseCheckDeps): Promise<Finding | null> {
  if (statSync(file).size === 0) return null;
  const inspection = inspectDatabase(file, driver);
  const checking = progress('Checking', 'tables');
  try {
    report(checkSchema(inspection.schema));
    for (const [index, table] of inspection.tables.entries()) {
      checking.update(index, inspection.tables.length);
      const damage = inspection.check(table);
      if (damage !== null) {
        return problem('content', `table ${table} is damaged (${damage}); stop the server and restore a backup`);
      }
      await new Promise(setImmediate);
    }
    return ok('content', `all ${inspection.tables.length} tables are sound`);
  } finally {
    checking.end();
    inspection.close();
  }
}

function checkSchema({ version, current }: { readonly version: number; readonly current: number }): Finding {
  if (version === current) return ok('schema', `version ${version}`);
  return warning(
    'schema',
    `version ${version}; the next start of this server brings it to ${current}, after which older servers refuse it: make a backup first`,
  );
}

function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function mib(bytes: number): string {
  return `${Math.ceil(bytes / MIB).toLocaleString('en')} MiB`;
}
