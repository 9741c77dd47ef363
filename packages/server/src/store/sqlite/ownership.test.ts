import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { Store } from '../contract.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { StoreUnavailable } from '../unavailable.js';
import { anyDriver } from './driver.js';
import { DatabaseUnusable, sqliteStore } from './index.js';

let folder: string;
let path: string;
let lines: string[];
beforeEach(() => {
  folder = join(temporaryFolder(), 'data');
  mkdirSync(folder);
  path = join(folder, 'traces.db');
  lines = [];
});

const log = { info: (line: string) => lines.push(line), error: (line: string) => lines.push(line) };
const open = (file = path) => sqliteStore(file, anyDriver(), log);

const write = (store: Store, number: number) =>
  store.write('p', [anObservation({ traceId: traceId(number), id: spanId(number) })]);
const idsIn = async (store: Store) => (await store.listTraces('p', {})).traces.map(({ id }) => Number.parseInt(id, 16));

/** Does something to the database as another program, and leaves it open. */
function otherProgram(sql: string, file = path) {
  const database = anyDriver()(file);
  database.exec(sql);
  return database;
}

function backup(): string {
  const copy = join(dirname(folder), 'backup.db');
  otherProgram(`VACUUM INTO '${copy}'`).close();
  return copy;
}

describe('a store whose file', () => {
  it.each<[string, RegExp, () => void]>([
    ['was deleted with all beside it', /was deleted/, () => rmSync(folder, { recursive: true })],
    ['was deleted alone', /was deleted/, () => rmSync(path)],
    ['was moved', /was moved/, () => renameSync(path, `${path}.old`)],
    ['was moved with its folder', /was moved/, () => renameSync(folder, `${folder}-2`)],
    [
      'was moved to another folder, and another put in its place',
      /replaced/,
      () => {
        renameSync(folder, `${folder}-2`);
        mkdirSync(folder);
        writeFileSync(path, '');
      },
    ],
    ['was replaced by a backup that was renamed over it', /replaced by another/, () => renameSync(backup(), path)],
    ['was overwritten by a backup that was copied over it', /overwritten or cut/, () => copyFileSync(backup(), path)],
    ['was overwritten by something else', /overwritten or cut/, () => writeFileSync(path, 'notes '.repeat(10_000))],
    ['was cut to nothing', /overwritten or cut/, () => truncateSync(path)],
    ['was cut in the middle', /overwritten or cut/, () => truncateSync(path, 4096)],
    ['has had its write-ahead log cut', /-wal, was overwritten or cut/, () => truncateSync(`${path}-wal`)],
    ['has lost its write-ahead log', /-wal, was deleted/, () => rmSync(`${path}-wal`)],
    ['has lost its shared index', /-shm, was deleted/, () => rmSync(`${path}-shm`)],
  ])('%s rejects every batch, says so once, and goes on reading', async (_what, message, happens) => {
    const store = open();
    await write(store, 1);
    expect(store.trouble?.()).toBeNull();
    happens();
    for (const number of [2, 3]) {
      await expect(write(store, number)).rejects.toThrow(StoreUnavailable);
      await expect(write(store, number)).rejects.toThrow(message);
    }
    expect(store.trouble?.()).toMatch(message);
    expect(store.trouble?.()).not.toContain(folder);
    expect(lines).toEqual([expect.stringMatching(message)]);
    expect(lines[0]).toContain(path);
    await store.close();
  });

  it('was moved away and back stores again, and logs it', async () => {
    const store = open();
    await write(store, 1);
    renameSync(path, `${path}.old`);
    await expect(write(store, 2)).rejects.toThrow(/was moved/);
    renameSync(`${path}.old`, path);
    await write(store, 2);
    expect(lines).toHaveLength(2);
    expect(lines[1]).toMatch(/is back/);
    await store.close();
    const again = open();
    expect(await idsIn(again)).toEqual([1, 2]);
    await again.close();
  });

  it('has lost its log has everything that was acknowledged after the next start', async () => {
    const store = open();
    for (const number of [1, 2, 3]) await write(store, number);
    rmSync(`${path}-wal`);
    await expect(write(store, 4)).rejects.toThrow(StoreUnavailable);
    await store.close();
    const again = open();
    expect(await idsIn(again)).toEqual([1, 2, 3]);
    await again.close();
  });

  it('was replaced by a backup while it ran has the content of the backup after the next start', async () => {
    const store = open();
    await write(store, 1);
    const copy = backup();
    for (const number of [2, 3]) await write(store, number);
    renameSync(copy, path);
    await expect(write(store, 4)).rejects.toThrow(/replaced/);
    await store.close();
    const again = open();
    expect(await idsIn(again)).toEqual([1]);
    await write(again, 5);
    await again.close();
  });

  it('was replaced after a crash is not mixed with the log of the one before, which is kept', async () => {
    const store = open();
    await write(store, 1);
    const copy = backup();
    await write(store, 2);
    const crashed = join(dirname(folder), 'crashed.db');
    for (const end of ['', '-wal']) copyFileSync(`${path}${end}`, `${crashed}${end}`);
    await store.close();
    const whole = join(dirname(folder), 'whole.db');
    for (const end of ['', '-wal']) copyFileSync(`${crashed}${end}`, `${whole}${end}`);
    copyFileSync(copy, crashed);
    for (const [file, ids] of [
      [whole, [1, 2]],
      [crashed, [1]],
    ] as const) {
      const after = open(file);
      expect(await idsIn(after)).toEqual(ids);
      await after.close();
    }
    expect(lines).toEqual([expect.stringMatching(/crashed\.db-wal belongs to another database file/)]);
  });
});

describe('a store whose file is its own', () => {
  it('does not mistake a checkpoint, backup, VACUUM or reader for a problem', async () => {
    const store = open();
    const reader = otherProgram('BEGIN; SELECT count(*) FROM sqlite_schema');
    await write(store, 1);
    otherProgram('PRAGMA wal_checkpoint(FULL)').close();
    reader.close();
    await write(store, 2);
    for (const mode of ['PASSIVE', 'FULL', 'RESTART', 'TRUNCATE']) {
      otherProgram(`PRAGMA wal_checkpoint(${mode})`).close();
      await write(store, 3);
    }
    backup();
    await write(store, 4);
    otherProgram('CREATE INDEX by_hand ON traces (name)').close();
    otherProgram('VACUUM').close();
    await write(store, 5);
    otherProgram('PRAGMA wal_checkpoint(TRUNCATE)').close();
    await write(store, 6);
    expect(lines).toEqual([]);
    await store.close();
    const again = open();
    expect(await idsIn(again)).toEqual([1, 2, 3, 4, 5, 6]);
    await again.close();
  });

  it('does not mistake a log that SQLite itself shortened for a cut one', async () => {
    const store = open();
    const reader = otherProgram('BEGIN; SELECT count(*) FROM sqlite_schema');
    // Over the size to which the log is cut when it is started over, while nothing can be moved out of it.
    for (let number = 1; number <= 70; number++) {
      const input = randomBytes(500_000).toString('hex');
      await store.write('p', [anObservation({ id: spanId(number), body: { input } })]);
    }
    expect(statSync(`${path}-wal`).size).toBeGreaterThan(64 * 1024 * 1024);
    reader.close();
    for (let number = 1; number <= 5; number++) await write(store, number);
    expect(statSync(`${path}-wal`).size).toBeLessThanOrEqual(64 * 1024 * 1024);
    expect(lines).toEqual([]);
    await store.close();
  });

  it('writes far more than fits into the log without an error', async () => {
    const store = open();
    for (let number = 1; number <= 60; number++) {
      const input = String(number).repeat(100_000);
      await store.write('p', [anObservation({ id: spanId(number), body: { input } })]);
    }
    expect(lines).toEqual([]);
    await store.close();
  });
});

describe('two servers on one file', () => {
  it('do not both store: the first finds out that the second has taken it, after its lock was deleted', async () => {
    const first = open();
    await write(first, 1);
    rmSync(`${path}-lock`);
    const second = open();
    await write(second, 2);
    await expect(write(first, 3)).rejects.toThrow(/another server has taken over/);
    await expect(write(first, 3)).rejects.toThrow(StoreUnavailable);
    expect(lines).toEqual([expect.stringMatching(/Two servers must not share a database/)]);
    await first.close();
    await write(second, 4);
    await second.close();
    const after = open();
    expect(await idsIn(after)).toEqual([1, 2, 4]);
    await after.close();
  });

  it('are refused over a symbolic link, also when it was there before the file', async () => {
    const link = join(folder, 'link.db');
    symlinkSync(basename(path), link);
    const first = open(link);
    expect(existsSync(path)).toBe(true);
    expect(() => open()).toThrow(/Another PowerRAG server is using/);
    await first.close();
  });

  it('are refused over a hard link', async () => {
    const first = open();
    linkSync(path, join(folder, 'link.db'));
    expect(() => open(join(folder, 'link.db'))).toThrow(/has a second name \(a hard link\)/);
    await write(first, 1);
    await first.close();
  });
});

describe('opening the remains of a database', () => {
  async function used(): Promise<void> {
    const store = open();
    await write(store, 1);
    await store.close();
  }

  it('refuses an empty file that was a database, and says how to start again', async () => {
    await used();
    truncateSync(path);
    expect(() => open()).toThrow(DatabaseUnusable);
    expect(() => open()).toThrow(/is empty, but has been the database of a server.*Restore it from a backup/);
  });

  it('logs that an empty file becomes a new database', async () => {
    writeFileSync(path, '');
    await open().close();
    expect(lines).toEqual([expect.stringMatching(/traces\.db was empty; it is now a new database/)]);
  });

  it('refuses circular links', () => {
    symlinkSync('b.db', join(folder, 'a.db'));
    symlinkSync('a.db', join(folder, 'b.db'));
    expect(() => open(join(folder, 'a.db'))).toThrow(DatabaseUnusable);
  });

  it('creates one when everything was deleted, or only the file', async () => {
    for (const end of ['*', '']) {
      await used();
      if (end === '*') rmSync(`${path}-lock`);
      rmSync(path);
      const store = open();
      expect(await idsIn(store)).toEqual([]);
      await store.close();
    }
  });

  it.each(['observations', 'traces', 'sessions', 'bodies', 'contents'])(
    'says that the table %s is missing',
    async (table) => {
      await used();
      otherProgram(`DROP TABLE ${table}`).close();
      expect(() => open()).toThrow(DatabaseUnusable);
      expect(() => open()).toThrow(/lacks a part of its schema .*restore it from a backup/);
    },
  );
});
