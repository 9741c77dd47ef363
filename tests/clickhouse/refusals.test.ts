import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connect } from '../../packages/server/src/store/clickhouse/connection.js';
import { type ClickhouseStore, clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { TABLES } from '../../packages/server/src/store/clickhouse/tables.js';
import { anObservation, spanId } from '../../packages/server/src/store/testing.js';
import { StoreUnavailable } from '../../packages/server/src/store/unavailable.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';
import { front, type Passage } from './front.js';

const FORWARDED: Passage = { kind: 'forwarded' };
const isInsert = (statement: string) => /^\s*insert/i.test(statement);
/** More than any disk has: the engine then refuses an insert as one whose disk is full. */
const DISK_FULL = { min_free_disk_bytes_to_perform_insert: String(2 ** 60) };

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

/** Inserts that the engine itself refuses, by the settings they come with. */
const OF_THE_ENGINE = {
  'its disk is full (code 243)': DISK_FULL,
  'it is read-only (code 164)': { readonly: '1' },
};

/**
 * What replicas answer. The engine of the tests has no exchange between replicas, so that code and text are those of ClickHouse's
 * source (`ReplicatedMergeTreeSink.cpp`, `StorageReplicatedMergeTree.cpp`).
 */
const OF_REPLICAS = {
  'a table is read-only, as while its replica has no Keeper (code 242)':
    'Table is in readonly mode: replica_path=/clickhouse/tables/one/d/r/replicas/first. (TABLE_IS_READ_ONLY)',
  'too few replicas are up (code 285)':
    'Number of alive replicas (1) is less than requested quorum (2). (TOO_FEW_LIVE_REPLICAS)',
  'replicas have not confirmed what was written before (code 286)':
    'Quorum for previous write has not been satisfied yet. (UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE)',
  'Keeper cannot be reached (code 999)': 'Coordination::Exception: Session expired. (KEEPER_EXCEPTION)',
};

const codeOf = (says: string) => Number(/\d+/.exec(says)?.[0]);

const REFUSALS: [string, Passage][] = [
  ...Object.entries(OF_THE_ENGINE).map(([says, settings]): [string, Passage] => [
    says,
    { kind: 'forwarded', settings },
  ]),
  ...Object.entries(OF_REPLICAS).map(([says, text]): [string, Passage] => [
    says,
    { kind: 'refused', code: codeOf(says), text },
  ]),
];

describe('a ClickHouse that takes nothing', () => {
  let refusal: Passage | null = null;
  let store: ClickhouseStore;
  beforeAll(async () => {
    const url = await front(engine, await engine.database(), (statement) =>
      refusal !== null && isInsert(statement) ? refusal : FORWARDED,
    );
    store = await clickhouseStore({ url });
  });
  afterAll(() => store.close());

  it.each(REFUSALS)(
    'as %s: the write is refused and the rest is read, and it takes what is sent again',
    async (says, passage) => {
      await store.write(says, [anObservation({ trace: { sessionId: 's' } })]);
      const other = anObservation({ id: spanId(2), trace: { sessionId: 's' } });
      refusal = passage;
      await expect(store.write(says, [other])).rejects.toThrow(
        new StoreUnavailable(`ClickHouse cannot do it now: ${says}.`),
      );
      expect(store.trouble?.()).toContain(says);
      expect(await store.getSession(says, 's')).toMatchObject({ observationCount: 1 });
      refusal = null;
      await store.write(says, [other]);
      expect(store.trouble?.()).toBeNull();
      expect(await store.getSession(says, 's')).toMatchObject({ observationCount: 2 });
    },
  );

  it('as one table is set to read-only: nothing is acknowledged until it is not', async () => {
    const url = await engine.database();
    const store = await clickhouseStore({ url });
    onTestFinished(() => store.close());
    const table = `${new URL(url).pathname.slice(1)}.observations`;
    await engine.run(`ALTER TABLE ${table} MODIFY SETTING table_readonly = 1`);
    await expect(store.write('p', [anObservation()])).rejects.toThrow('a table is set to read-only (code 774).');
    await engine.run(`ALTER TABLE ${table} RESET SETTING table_readonly`);
    await store.write('p', [anObservation({ trace: { sessionId: 's' } })]);
    expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 1 });
  });

  it('as it does not know whether replicas have the rows: the write is refused, and sent again it is there once', async () => {
    let isUnsure = false;
    const text =
      'Unknown status, client must retry. Reason: Timeout while waiting for quorum. (UNKNOWN_STATUS_OF_INSERT)';
    const url = await front(engine, await engine.database(), (statement) =>
      isUnsure && isInsert(statement) ? { kind: 'refused', code: 319, text, isDone: true } : FORWARDED,
    );
    const store = await clickhouseStore({ url });
    onTestFinished(() => store.close());
    const batch = [anObservation({ trace: { sessionId: 's' } })];
    isUnsure = true;
    await expect(store.write('p', batch)).rejects.toThrow('replicas did not confirm in time (code 319).');
    isUnsure = false;
    await store.write('p', batch);
    expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 1, traceCount: 1 });
  });

  it('as a replica is behind: readers are told to come back, and read when it is not', async () => {
    let isBehind = false;
    const text =
      "Replica doesn't have part 'all_0_0_0' which was successfully written to quorum. (REPLICA_IS_NOT_IN_QUORUM)";
    const url = await front(engine, await engine.database(), (statement) =>
      isBehind && !isInsert(statement) ? { kind: 'refused', code: 289, text } : FORWARDED,
    );
    const store = await clickhouseStore({ url });
    onTestFinished(() => store.close());
    await store.write('p', [anObservation({ trace: { sessionId: 's' } })]);
    isBehind = true;
    await expect(store.getSession('p', 's')).rejects.toThrow(
      new StoreUnavailable('ClickHouse cannot do it now: a replica is behind (code 289).'),
    );
    isBehind = false;
    expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 1 });
  });
});

describe('a server whose ClickHouse has no room left', () => {
  it('answers 503 with the reason and when to come back, and goes on by itself', async () => {
    let isFull = false;
    const url = await front(engine, await engine.database(), (statement) =>
      isFull && isInsert(statement) ? { kind: 'forwarded', settings: DISK_FULL } : FORWARDED,
    );
    const server = await startServer({ store: url.replace('http', 'clickhouse') });
    onTestFinished(() => server.stop());
    const span = {
      ...{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), name: 'one' },
      ...{ startTimeUnixNano: '1700000000000000000', endTimeUnixNano: '1700000000000000001' },
      attributes: [{ key: 'session.id', value: { stringValue: 's' } }],
    };
    const send = () =>
      fetch(`${server.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
      });
    isFull = true;
    const refused = await send();
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(await refused.text()).toContain('its disk is full (code 243)');
    expect(await (await fetch(`${server.url}/api/v1/sessions`)).json()).toMatchObject({ data: [] });
    isFull = false;
    await expect.poll(async () => (await send()).status).toBe(200);
    expect(await (await fetch(`${server.url}/api/v1/sessions`)).json()).toMatchObject({
      data: [{ id: 's', observationCount: 1 }],
    });
  });
});

describe('an insert whose answer does not come', () => {
  it('is sent again and is there once, in every table', async () => {
    const cut = new Set<string>();
    const [database, beside] = [await engine.database(), await engine.database()];
    const url = await front(engine, database, (statement) => {
      if (!isInsert(statement)) return FORWARDED;
      const isFirst = !cut.has(statement);
      cut.add(statement);
      return isFirst ? { kind: 'cut', isDone: true } : FORWARDED;
    });
    const rows: string[] = [];
    for (const each of [url, beside]) {
      const store = await clickhouseStore({ url: each });
      await store.write('p', [
        anObservation({ trace: { sessionId: 's' }, body: { input: 'A long text. '.repeat(100) } }),
        anObservation({ id: spanId(2) }),
      ]);
      expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 2 });
      await store.close();
      rows.push(await rowsIn(each === url ? database : beside));
    }
    expect(cut.size).toBeGreaterThan(5);
    expect(rows[0]).toBe(rows[1]);
  });

  it('is there once in tables of a version that did not remember its inserts', async () => {
    const database = await engine.database();
    await (await clickhouseStore({ url: database })).close();
    const name = new URL(database).pathname.slice(1);
    await engine.run(`ALTER TABLE ${name}.observations RESET SETTING non_replicated_deduplication_window`);
    let cuts = 0;
    const url = await front(engine, database, (statement) => {
      if (!/^\s*insert into `?observations/i.test(statement)) return FORWARDED;
      cuts += 1;
      return cuts === 1 ? { kind: 'cut', isDone: true } : FORWARDED;
    });
    const store = await clickhouseStore({ url });
    onTestFinished(() => store.close());
    await store.write('p', [anObservation()]);
    expect(cuts).toBe(2);
    expect((await engine.run(`SELECT count() FROM ${name}.observations`)).trim()).toBe('1');
  });
});

describe('what ClickHouse acknowledges', () => {
  it('is on the disk, in every table, and is all that was sent', async () => {
    const url = await engine.database();
    await (await clickhouseStore({ url })).close();
    const database = new URL(url).pathname.slice(1);
    const unsynced = await engine.run(
      `SELECT name FROM system.tables WHERE database = '${database}'
        AND NOT (engine_full LIKE '%fsync_after_insert = 1%' AND engine_full LIKE '%fsync_part_directory = 1%')`,
    );
    expect(unsynced).toBe('');
    const connection = connect(url);
    onTestFinished(() => connection.close());
    const row = { project_id: 'p', media_id: 'm', content_type: 'image/png', base64: '', priority: 0 };
    await connection.insert('media', [row]);
    await expect(connection.insert('media', [{ ...row, of_a_later_version: 1 }])).rejects.toThrow(/of_a_later_version/);
  });
});

/** How many rows each table has, those that a merge would remove included. */
async function rowsIn(database: string): Promise<string> {
  const name = new URL(database).pathname.slice(1);
  // Marks of writes are put together as they come.
  const tables = TABLES.filter((table) => table.name !== 'writes');
  const counts = tables.map((table) => `SELECT '${table.name}' AS name, count() AS rows FROM ${name}.${table.name}`);
  return engine.run(`SELECT * FROM (${counts.join(' UNION ALL ')}) ORDER BY name`);
}
