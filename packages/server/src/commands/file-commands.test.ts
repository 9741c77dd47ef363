import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { anyDriver, DatabaseUnusable, sqliteStore } from '../store/sqlite/index.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { workerFile } from '../testing/worker-file.js';
import { readCommand } from './config.js';
import { noProgress, type ShowProgress } from './progress.js';
import { runFileCommand } from './run-file-command.js';

const NOW = 1_730_000_000_000;

let folder: string;
let database: string;
let backup: string;
beforeEach(() => {
  folder = temporaryFolder();
  database = join(folder, 'traces.db');
  backup = join(folder, 'backup.db');
});

/** Runs a command and gives what it says. */
async function run(...args: string[]): Promise<string[]> {
  const command = readCommand([...args, '--database', database], {});
  const lines: string[] = [];
  switch (command.name) {
    case 'help':
    case 'version':
    case 'serve':
    case 'doctor':
    case 'migrate':
      throw new Error(`${command.name} is another command`);
    default: {
      const confirm = async (): Promise<boolean> => false;
      await runFileCommand(command, { now: NOW, say: (line) => lines.push(line), progress: noProgress, confirm });
    }
  }
  return lines;
}

async function refusal(...args: string[]): Promise<string> {
  try {
    await run(...args);
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseUnusable);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('it was done');
}

const anInput = (number: number) =>
  anObservation({ traceId: traceId(number), id: spanId(number), trace: { sessionId: `chat ${number}` } });

async function write(...numbers: number[]): Promise<void> {
  const store = sqliteStore(database);
  await store.write('default', numbers.map(anInput));
  await store.close();
}

async function storedIn(file: string): Promise<string[]> {
  const store = sqliteStore(file);
  const { sessions } = await store.listSessions('default', { limit: 100 });
  await store.close();
  return sessions.map(({ id }) => id).sort();
}

describe('powerrag backup', () => {
  it('has all that was acknowledged before it began, while the server goes on storing', async () => {
    const store = sqliteStore(database);
    await store.write('default', [anInput(1), anInput(2)]);
    let next = 3;
    let isOver = false;
    const load = (async () => {
      while (!isOver) {
        await store.write('default', [anInput(next)]);
        next += 1;
        await new Promise((resolve) => setImmediate(resolve));
      }
    })();
    await expect.poll(() => next).toBeGreaterThan(20);
    const acknowledged = next;
    expect((await run('backup', backup)).at(-1)).toMatch(/backup\.db is complete and checked: \d+ bytes\.$/);
    await expect.poll(() => next).toBeGreaterThan(acknowledged);
    isOver = true;
    await load;
    await store.close();
    const copy = sqliteStore(backup);
    const { traces } = await copy.listTraces('default', {});
    await copy.close();
    const copied = new Set(traces.map(({ id }) => id));
    const missing = Array.from({ length: acknowledged - 1 }, (_, at) => traceId(at + 1)).filter(
      (id) => !copied.has(id),
    );
    expect(missing).toEqual([]);
  });

  it('copies a database that no server uses, readable by its owner only, and leaves nothing else behind', async () => {
    await write(1);
    await run('backup', backup);
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual(['backup.db']);
    expect(await storedIn(backup)).toEqual(['chat 1']);
  });

  it('never overwrites a file', async () => {
    await write(1);
    writeFileSync(backup, 'my notes');
    expect(await refusal('backup', backup)).toMatch(/backup\.db exists already; name another file/);
    expect(readFileSync(backup, 'utf8')).toBe('my notes');
  });

  it.each([
    ['a file that does not exist', () => {}, /traces\.db does not exist/],
    ['notes', () => writeFileSync(database, 'these are my notes. '.repeat(400)), /is not a PowerRAG database/],
    [
      'the database of another program',
      () => exec('CREATE TABLE recipes (name TEXT)'),
      /is a database of another program/,
    ],
  ])('refuses %s, and creates no backup', async (_what, make, message) => {
    make();
    expect(await refusal('backup', backup)).toMatch(message);
    expect(readdirSync(folder).filter((name) => name.startsWith('backup'))).toEqual([]);
  });
});

describe('powerrag restore', () => {
  it('puts a backup where there is no database', async () => {
    await write(1);
    await run('backup', backup);
    const other = database;
    database = join(folder, 'other.db');
    await run('restore', backup);
    expect(await storedIn(database)).toEqual(['chat 1']);
    expect(await storedIn(other)).toEqual(['chat 1']);
  });

  it('replaces a database only when told to, and keeps it aside', async () => {
    await write(1);
    await run('backup', backup);
    await write(2);
    expect(await refusal('restore', backup)).toMatch(/traces\.db exists already; add --replace/);
    const aside = `${database}-before-${NOW}`;
    expect((await run('restore', backup, '--replace')).join('\n')).toContain(aside);
    expect(await storedIn(database)).toEqual(['chat 1']);
    expect(await storedIn(aside)).toEqual(['chat 1', 'chat 2']);
  });

  it('refuses while a server uses the database', async () => {
    await write(1);
    await run('backup', backup);
    const store = sqliteStore(database);
    expect(await refusal('restore', backup, '--replace')).toMatch(/Another PowerRAG server is using/);
    await store.close();
  });

  it('refuses a damaged backup, and leaves the database as it is', async () => {
    await write(...Array.from({ length: 60 }, (_, at) => at + 1));
    await run('backup', backup);
    const bytes = readFileSync(backup);
    for (let page = 3; page < bytes.length / 4096; page++) bytes.fill(0xff, page * 4096, page * 4096 + 64);
    writeFileSync(backup, bytes);
    expect(await refusal('restore', backup, '--replace')).toMatch(/is damaged|malformed/);
    expect(await storedIn(database)).toHaveLength(60);
    expect(existsSync(`${database}-restored`)).toBe(false);
  });

  it('puts a backup in the place of a database that is damaged', async () => {
    await write(1);
    await run('backup', backup);
    writeFileSync(database, 'overwritten by mistake. '.repeat(400));
    await run('restore', backup, '--replace');
    expect(await storedIn(database)).toEqual(['chat 1']);
  });
});

describe('a copy in a worker', () => {
  const inWorker = workerFile();

  async function copy(...args: string[]) {
    const command = readCommand([...args, '--database', database], {});
    if (command.name !== 'backup' && command.name !== 'restore') throw new Error(`${command.name} is another command`);
    const shown: string[] = [];
    const progress: ShowProgress = (what, unit) => {
      shown.push(`${what} ${unit}`);
      return { update: () => {}, end: () => shown.push('over') };
    };
    const confirm = async (): Promise<boolean> => false;
    const lines: string[] = [];
    const deps = { now: NOW, say: (line: string) => lines.push(line), progress, confirm, workerFile: inWorker };
    return { done: runFileCommand(command, deps), shown, lines };
  }

  it('shows its progress, and is the same', async () => {
    await write(1, 2);
    const backingUp = await copy('backup', backup);
    await backingUp.done;
    expect(backingUp.shown).toEqual(['Copying bytes', 'over']);
    expect(backingUp.lines.at(-1)).toMatch(/backup\.db is complete and checked: \d+ bytes\.$/);
    await write(3);
    await (await copy('restore', backup, '--replace')).done;
    expect(await storedIn(database)).toEqual(['chat 1', 'chat 2']);
    expect(await storedIn(`${database}-before-${NOW}`)).toHaveLength(3);
  });

  it('fails as it does without', async () => {
    const { done, shown } = await copy('backup', backup);
    await expect(done).rejects.toThrow(DatabaseUnusable);
    await expect(done).rejects.toThrow(/traces\.db does not exist/);
    expect(shown.at(-1)).toBe('over');
  });
});

describe('powerrag export and import', () => {
  it('carry sessions from one database to another, while the first is in use', async () => {
    const store = sqliteStore(database);
    await store.write('default', [anInput(1), anInput(2)]);
    const file = join(folder, 'sessions.jsonl');
    expect((await run('export', file)).at(-1)).toMatch(
      /2 sessions with 2 spans, 0 scores and comments and 0 files of media/,
    );
    expect(await refusal('import', file)).toMatch(/Another PowerRAG server is using/);
    await store.close();
    database = join(folder, 'other.db');
    expect((await run('import', file)).at(-1)).toMatch(/is imported: 2 requests\.$/);
    expect(await storedIn(database)).toEqual(['chat 1', 'chat 2']);
  });
});

describe('their command line', () => {
  it.each([
    [['backup'], /backup needs the file to write/],
    [['restore'], /restore needs the backup/],
    [['backup', 'a', 'b'], /backup takes one file; "b" is too much/],
    [['backup', 'a', '--replace'], /--replace is an option of restore only/],
    [['backup', 'a', '--port', '1'], /backup: Unknown option '--port'/],
    [['restore', 'a', '--database', ''], /--database must be a string that is not empty/],
  ])('says what is wrong with %j', (args, message) => {
    expect(() => readCommand(args, {})).toThrow(message);
  });
});

function exec(sql: string): void {
  const other = anyDriver()(database);
  other.exec(sql);
  other.close();
}
