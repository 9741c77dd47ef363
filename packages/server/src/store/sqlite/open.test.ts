import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../temporary-folder.js';
import type { Store } from '../contract.js';
import { anObservation, spanId } from '../testing.js';
import { anyDriver } from './driver.js';
import { DatabaseUnusable, sqliteStore } from './index.js';
import { MIGRATIONS } from './migrations.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = temporaryFolder();
  path = join(folder, 'traces.db');
});

function refusal(file = path): string {
  try {
    sqliteStore(file);
  } catch (error) {
    expect(error).toBeInstanceOf(DatabaseUnusable);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('the database was opened');
}

async function closed(store: Store): Promise<void> {
  await store.close();
}

/** Does something to the database by SQLite itself. */
function exec(sql: string): void {
  const database = anyDriver()(path);
  database.exec(sql);
  database.close();
}

describe('opening a database', () => {
  it('creates it for its owner alone to read', async () => {
    await closed(sqliteStore(path));
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('finds what was written before', async () => {
    const before = sqliteStore(path);
    await before.write('p', [anObservation({ name: 'kept' })]);
    await before.close();
    const after = sqliteStore(path);
    await after.write('p', [anObservation({ id: spanId(2), startMs: 2000, endMs: 2001 })]);
    const names = (await after.listObservations('p', { traceId: 'a'.repeat(32) })).map(({ name }) => name);
    await after.close();
    expect(names).toEqual(['kept', 'work']);
  });

  it('refuses a file that another server has open, and takes it once that one is closed', async () => {
    const first = sqliteStore(path);
    expect(refusal()).toMatch(/Another PowerRAG server is using .*traces\.db; stop it, or name another file/);
    await first.close();
    await closed(sqliteStore(path));
  });

  it('leaves one file behind when it is closed, and the lock', async () => {
    const store = sqliteStore(path);
    await store.write('p', [anObservation()]);
    await store.close();
    await store.close();
    expect(['', '-wal', '-shm', '-lock'].map((end) => existsSync(`${path}${end}`))).toEqual([true, false, false, true]);
  });

  it('refuses a folder that does not exist', () => {
    expect(refusal(join(folder, 'missing', 'traces.db'))).toMatch(
      /The folder of the database, .*missing, does not exist/,
    );
  });

  it('refuses a path that is a folder', () => {
    expect(refusal(folder)).toMatch(/cannot be used/);
  });

  it('refuses a file that is not a database, and leaves it as it is', () => {
    writeFileSync(path, 'these are my notes, not a database. '.repeat(100));
    expect(refusal()).toMatch(/is not a PowerRAG database; name another file with --database/);
    expect(readFileSync(path, 'utf8')).toMatch(/^these are my notes/);
  });

  it("refuses another program's database, and leaves it as it is", () => {
    exec('CREATE TABLE recipes (name TEXT)');
    expect(refusal()).toMatch(/is a database of another program/);
    exec('SELECT name FROM recipes');
  });

  it('refuses a database of a newer version, and says what to do', async () => {
    await closed(sqliteStore(path));
    exec(`PRAGMA user_version = ${MIGRATIONS.length + 1}`);
    expect(refusal()).toMatch(/was written by a newer PowerRAG .* update @powerrag\/server/);
  });

  it('refuses a damaged database', async () => {
    const store = sqliteStore(path);
    for (let i = 0; i < 50; i++) await store.write('p', [anObservation({ id: spanId(i + 1), name: 'n'.repeat(500) })]);
    await store.close();
    const file = openSync(path, 'r+');
    for (let page = 4; page < 30; page++) writeSync(file, Buffer.alloc(64, 0xff), 0, 64, page * 4096);
    closeSync(file);
    expect(refusal()).toMatch(/is damaged|malformed/);
  });

  it('takes up an empty file', async () => {
    writeFileSync(path, '');
    await closed(sqliteStore(path));
  });

  it('lets go of the lock when it refuses', async () => {
    writeFileSync(path, 'not a database, but long enough to be told from one. '.repeat(50));
    refusal();
    rmSync(path);
    await closed(sqliteStore(path));
  });
});
