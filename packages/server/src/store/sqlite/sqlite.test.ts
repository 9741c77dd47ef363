import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Observation } from '../../observation/observation.js';
import { Unstorable } from '../contract.js';
import { anObservation, spanId, traceId } from '../testing.js';
import { MOST } from '../totals.js';
import { describeWholeContract } from '../whole-contract.suite.js';
import { betterSqlite3, type Driver, nodeSqlite } from './driver.js';
import { sqliteStore } from './index.js';
import { RESPONSE_IDS } from './later-indexes.js';
import { MIGRATIONS } from './migrations.js';

const folder = mkdtempSync(join(tmpdir(), 'powerrag-store-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;
function freshPath(): string {
  files += 1;
  return join(folder, `${files}.db`);
}

// Held against the contract is the one that this Node would use: only a Node without SQLite has better-sqlite3 compiled for it.
const drivers = Object.entries({
  'node:sqlite': nodeSqlite(),
  'better-sqlite3': nodeSqlite() ? null : betterSqlite3(),
}).filter((entry): entry is [string, Driver] => entry[1] !== null);

for (const [name, driver] of drivers) {
  describeWholeContract(`the store in SQLite by ${name}`, async () => sqliteStore(freshPath(), driver));

  describe(`the SQLite file by ${name}`, () => {
    it('stores each message of a conversation once, though every turn sends the whole history', async () => {
      const path = freshPath();
      const store = sqliteStore(path, driver);
      const messages = Array.from({ length: 200 }, (_, i) => ({ role: 'user', content: `${i} `.repeat(300) }));
      let sent = 0;
      for (let turn = 1; turn <= messages.length; turn++) {
        const input = JSON.stringify(messages.slice(0, turn));
        sent += input.length;
        await store.write('p', [anObservation({ traceId: traceId(turn), body: { input }, trace: { input } })]);
      }
      const last = { traceId: traceId(messages.length), id: 'b'.repeat(16) };
      expect((await store.readBodies('p', [last]))[0]?.input).toBe(JSON.stringify(messages));
      await store.close();
      const bytes = inspect(path, driver, 'SELECT sum(length(bytes)) AS bytes FROM contents')[0]?.bytes;
      expect(bytes).toBeLessThan(JSON.stringify(messages).length + 1);
      expect(sent).toBeGreaterThan(50 * Number(bytes));
    });

    it('stores nothing of one project under another', async () => {
      const path = freshPath();
      const store = sqliteStore(path, driver);
      for (const project of ['one', 'two']) {
        await store.write(project, [anObservation({ body: { input: 'secret '.repeat(100) } })]);
      }
      await store.close();
      expect(inspect(path, driver, 'SELECT project_id FROM contents ORDER BY 1')).toEqual([
        { project_id: 'one' },
        { project_id: 'two' },
      ]);
    });

    it('stores the others of a shared commit when one batch cannot be stored', async () => {
      const store = sqliteStore(freshPath(), driver);
      const unstorable: Observation = { ...anObservation({ traceId: traceId(2) }), startMs: Number.NaN };
      const outcomes = await Promise.allSettled([
        store.write('p', [anObservation({ traceId: traceId(1) })]),
        store.write('p', [anObservation({ traceId: traceId(2), id: spanId(1) }), unstorable]).catch((error) => {
          expect(error).toBeInstanceOf(Unstorable);
          expect([...error.observations.keys()]).toEqual([unstorable]);
          throw error;
        }),
        store.write('p', [anObservation({ traceId: traceId(3) })]),
      ]);
      expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const { traces } = await store.listTraces('p', {});
      expect(traces.map(({ id }) => id)).toEqual([traceId(1), traceId(3)]);
      await store.close();
    });

    it('counts a request once that was recorded twice in a file from before there were response ids, and leaves what it has', async () => {
      const path = freshPath();
      const call = (id: number, responseId: string | null) =>
        anObservation({
          ...{ traceId: traceId(1), id: spanId(id), type: 'generation', usage: { total: 120 } },
          ...{ responseId, scope: `instrumentation ${id}`, trace: { sessionId: 's' } },
        });
      const before = sqliteStore(path, driver);
      await before.write('p', [call(1, null), call(2, null)]);
      await before.close();
      const database = driver(path);
      database.exec(`DROP INDEX observations_by_response;
        ALTER TABLE observations DROP COLUMN response_id;
        ALTER TABLE observations DROP COLUMN counted_elsewhere;
        ALTER TABLE gathered_usage DROP COLUMN detail_tokens;
        PRAGMA user_version = ${MIGRATIONS.indexOf(RESPONSE_IDS)};`);
      database.close();

      const store = sqliteStore(path, driver);
      expect(await store.getTrace('p', traceId(1))).toMatchObject({ totalTokens: 240 });
      await store.write('p', [call(3, 'r'), call(4, 'r')]);
      expect(await store.getTrace('p', traceId(1))).toMatchObject({ totalTokens: 360 });
      expect(await store.getObservation('p', traceId(1), spanId(1))).toMatchObject({ responseId: null });
      await store.close();
    });

    it('repairs a file with totals that Node cannot read, capped costs and invalid times', async () => {
      const path = freshPath();
      const database = driver(path);
      const [schema] = MIGRATIONS;
      if (typeof schema !== 'string') throw new Error('the first step is the schema');
      database.exec(`${schema};
        PRAGMA user_version = 1; PRAGMA application_id = ${0x50524147};
        INSERT INTO sessions VALUES (1, 'p', 'large', 1, 1000, 1001, 1, 0, 9223372036854775807, 1, 9223372036854775807, 0, 0),
          (2, 'p', 'capped', 1, 1000, 1001, 2, 0, 0, 0, 7, 1000250000000, 2);`);
      for (const [key, inputTokens, costNano] of [
        [1, '9223372036854775807', 0],
        [2, '0', 1_000_250_000_000],
      ]) {
        database.exec(`INSERT INTO traces VALUES (${key}, 'p', '${traceId(Number(key))}', ${key}, 'work', NULL, NULL, NULL, NULL, '[]',
          '{"fields":{"sessionId":{"atMs":1001,"by":"b","value":"${key === 1 ? 'large' : 'capped'}"}},"metadata":[],"tags":[]}',
          NULL, NULL, NULL, NULL, NULL, NULL, 'b', 'work', 'b', 'work', 1000, 1000, 1001, 1, 0, ${inputTokens}, 1, 7, ${costNano}, 2)`);
      }
      const observation = (key: number, id: number, usage: string, cost: string, firstTokenMs: string) =>
        database.exec(`INSERT INTO observations VALUES (${key}, '${spanId(id)}', 1, NULL, 'generation', 'work', 1000, 1001, ${firstTokenMs},
          'DEFAULT', NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}', '${usage}', '${cost}', NULL, NULL)`);
      observation(1, 1, `{"input":1e300,"total":null}`, '{}', '1e300');
      observation(2, 1, '{"total":7}', '{"total":5000}', '9e15');
      observation(2, 2, '{}', '{"total":0.25}', '1000.5');
      database.close();

      // The process dies before the commit: the next one finds the file as it was.
      const dies = (file: string) => {
        const opened = driver(file);
        const exec = (sql: string) => {
          if (sql.includes('COMMIT')) throw new Error('killed');
          return opened.exec(sql);
        };
        return { exec, prepare: (sql: string) => opened.prepare(sql), close: () => opened.close() };
      };
      expect(() => sqliteStore(path, dies)).toThrow('killed');
      expect(inspect(path, driver, 'SELECT CAST(input_tokens AS TEXT) AS tokens FROM sessions')).toEqual([
        { tokens: '9223372036854775807' },
        { tokens: '0' },
      ]);

      const store = sqliteStore(path, driver);
      const { sessions } = await store.listSessions('p', { limit: 10 });
      expect(sessions).toMatchObject([
        { id: 'large', inputTokens: MOST, totalTokens: 0 },
        { id: 'capped', totalTokens: 7, totalCost: 5000.25 },
      ]);
      const seen = await store.listObservations('p', { sessionId: 'capped' });
      expect(seen.map(({ firstTokenMs }) => firstTokenMs)).toEqual([null, 1000.5]);
      expect((await store.listObservations('p', { traceId: traceId(1) }))[0]?.usage).toEqual({ input: 1e300 });
      await store.write('p', [
        anObservation({ traceId: traceId(2), type: 'generation', id: spanId(3), cost: { total: 1 } }),
      ]);
      expect(await store.getSession('p', 'capped')).toMatchObject({ observationCount: 3, totalCost: 5001.25 });
      await store.close();
    });

    it('rejects a whole batch when the disk is full, and continues when there is space again', async () => {
      let limitPages = (_pages: number): void => {};
      const store = sqliteStore(freshPath(), (path) => {
        const database = driver(path);
        if (!path.endsWith('-lock')) limitPages = (pages) => database.exec(`PRAGMA max_page_count = ${pages}`);
        return database;
      });
      const batch = (number: number) =>
        Array.from({ length: 20 }, (_, i) =>
          anObservation({ traceId: traceId(number), id: spanId(i), body: { input: `${number}-${i} `.repeat(500) } }),
        );
      await store.write('p', batch(1));
      limitPages(1);
      await expect(store.write('p', batch(2))).rejects.toThrow(/full/);
      expect((await store.listTraces('p', {})).total).toBe(1);
      expect(await store.listObservations('p', { traceId: traceId(1) })).toHaveLength(20);
      limitPages(1_000_000);
      await store.write('p', batch(2));
      expect(await store.listObservations('p', { traceId: traceId(2) })).toHaveLength(20);
      await store.close();
    });

    it('commits waiting batches when it is closed, and accepts none afterwards', async () => {
      const path = freshPath();
      const store = sqliteStore(path, driver);
      const writing = store.write('p', [anObservation()]);
      await store.close();
      await writing;
      await expect(store.write('p', [anObservation({ traceId: traceId(2) })])).rejects.toThrow('the store is closed');
      const reopened = sqliteStore(path, driver);
      expect((await reopened.listTraces('p', {})).total).toBe(1);
      await reopened.close();
    });
  });
}

function inspect(
  path: string,
  driver: Driver,
  sql: string,
  values: readonly (string | number | null | Uint8Array)[] = [],
) {
  const database = driver(path);
  try {
    return database
      .prepare(sql)
      .all(...values)
      .map((row) => ({ ...(row as Record<string, unknown>) }));
  } finally {
    database.close();
  }
}
