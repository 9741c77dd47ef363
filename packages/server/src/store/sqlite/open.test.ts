import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { IdStrengths } from '../../observation/observation.js';
import { temporaryFolder } from '../../testing/temporary-folder.js';
import type { Store } from '../contract.js';
import { anObservation, spanId } from '../testing.js';
import { anyDriver, type Driver } from './driver.js';
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
  it('creates it readable by its owner only', async () => {
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

  it('refuses a file that another server has open, and opens it once that one is closed', async () => {
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

  it('says of one that is too large to be checked for damage what checks it', async () => {
    const lines: string[] = [];
    const log = { info: (line: string) => lines.push(line), error: () => {} };
    await closed(sqliteStore(path, anyDriver(), log, { checkedBytes: 0 }));
    expect(lines).toEqual([`${path} is too large to be checked for damage at each start; powerrag doctor checks it`]);
    await closed(sqliteStore(path, anyDriver(), log));
    expect(lines.length).toBe(1);
  });

  it('accepts an empty file', async () => {
    writeFileSync(path, '');
    await closed(sqliteStore(path));
  });

  it('releases the lock when it refuses', async () => {
    writeFileSync(path, 'not a database, but long enough to be told from one. '.repeat(50));
    refusal();
    rmSync(path);
    await closed(sqliteStore(path));
  });
});

describe('a database of the first release', () => {
  /** A trace as that release wrote it: one call seen twice and counted twice, in the session of an id that had no strength yet. */
  function writeFirstRelease(): void {
    const said = (by: string, value: string) => ({ atMs: 2000, by, value });
    const fields = { sessionId: said(spanId(2), 'old'), environment: said(spanId(2), 'staging') };
    const observation = (id: string, parent: string | null) =>
      `INSERT INTO observations VALUES (1, '${id}', 1, ${parent === null ? 'NULL' : `'${parent}'`}, 'generation', 'call',
        1000, 2000, NULL, 'DEFAULT', NULL, NULL, NULL, NULL, NULL, 'm', NULL, '{}', '{"input":100,"total":100}', '{}',
        NULL, NULL)`;
    exec(`
      ${MIGRATIONS[0]}
      PRAGMA user_version = 1; PRAGMA application_id = ${0x50524147};
      INSERT INTO sessions VALUES (1, 'p', 'old', 1, 1000, 2000, 2, 0, 200, 0, 200, 0, 0);
      INSERT INTO session_values VALUES (1, 'environment', 'staging', 2000, '${'a'.repeat(32)}');
      INSERT INTO traces VALUES (1, 'p', '${'a'.repeat(32)}', 1, 'call', NULL, 'staging', NULL, NULL, '[]',
        '${JSON.stringify({ fields, metadata: [], tags: [] })}', NULL, NULL, NULL, NULL, NULL, NULL,
        '${spanId(1)}', 'call', '${spanId(1)}', 'call', 1000, 1000, 2000, 2, 0, 200, 0, 200, 0, 0);
      ${observation(spanId(1), null)};
      ${observation(spanId(2), spanId(1))};
    `);
  }

  const made = { sessionId: 'made up', sessionIdStrength: IdStrengths.conversation };
  const later = () => anObservation({ id: spanId(3), parentId: spanId(2), startMs: 3000, endMs: 4000, trace: made });

  it('shows its data, and follows the current rules as soon as more of a trace arrives', async () => {
    writeFirstRelease();
    const store = sqliteStore(path);
    expect(await store.getSession('p', 'old')).toMatchObject({ environment: 'staging', observationCount: 2 });
    await store.write('p', [later()]);
    expect(await store.getTrace('p', 'a'.repeat(32))).toMatchObject({
      sessionId: 'old',
      conversationIds: ['made up'],
      environment: 'staging',
      totalTokens: 100,
    });
    await store.write('p', [anObservation({ id: spanId(1), startMs: 1000, endMs: 5000, type: 'generation' })]);
    await store.close();
    const reopened = sqliteStore(path);
    expect(await reopened.getSession('p', 'old')).toMatchObject({ observationCount: 3, totalTokens: 100 });
    await reopened.write('p', [
      anObservation({
        id: spanId(4),
        parentId: spanId(9),
        endMs: 9000,
        trace: { sessionId: 'new', version: 'of a child' },
      }),
    ]);
    const trace = await reopened.getTrace('p', 'a'.repeat(32));
    expect(trace).toMatchObject({ sessionId: 'new', conversationIds: ['made up', 'old'] });
    expect(trace).not.toHaveProperty('version');
    await reopened.close();
  });

  it('keeps every step that an upgrade finished before it was interrupted, and goes on there the next time', async () => {
    writeFirstRelease();
    const breakingOff: Driver = (file) => {
      const database = anyDriver()(file);
      const { exec: run } = database;
      database.exec = (sql) => {
        run.call(database, sql);
        if (sql.includes('ADD COLUMN needs_recount')) throw new Error('the process dies');
      };
      return database;
    };
    expect(() => sqliteStore(path, breakingOff)).toThrow(/could not be brought up to date: the process dies/);
    const database = anyDriver()(path);
    expect(database.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 });
    expect(database.prepare("SELECT count(*) AS count FROM sqlite_schema WHERE name = 'conversations'").get()).toEqual({
      count: 0,
    });
    database.close();
    const store = sqliteStore(path);
    await store.write('p', [later()]);
    expect(await store.getSession('p', 'old')).toMatchObject({ totalTokens: 100 });
    await store.close();
  });
});
