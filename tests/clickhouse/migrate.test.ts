import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { digestTrace } from '../../packages/server/src/digest/index.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { deliveries, readOut } from '../../packages/server/src/store/deliveries.testing.js';
import { SqliteDump } from '../../packages/server/src/store/sqlite/dump.js';
import { anyDriver, sqliteStore } from '../../packages/server/src/store/sqlite/index.js';
import { anObservation, aScore, spanId, traceId } from '../../packages/server/src/store/testing.js';
import { migrate } from '../../packages/server/src/transfer/migrate.js';
import { runToEnd, startChild } from '../support/child-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { waitFor } from '../support/wait-for.js';
import { type Engine, startEngine } from './engine.js';
import { RUNS } from './runs.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

describe('a ClickHouse database of an older version', () => {
  it('gives the scores and comments of a session that it had before it knew their places', async () => {
    const url = await engine.database();
    const older = await clickhouseStore({ cluster: engine.cluster, url });
    await older.write('p', [anObservation({ traceId: traceId(1), id: spanId(1), trace: { sessionId: 's' } })]);
    await older.writeAnnotations('p', [
      aScore('on the trace', { timeMs: 1 }),
      aScore('on the session', { timeMs: 2, traceId: null, sessionId: 's' }),
      aScore('on an observation', { timeMs: 3, kind: 'comment', traceId: null, observationId: spanId(1) }),
      aScore('elsewhere', { traceId: traceId(2), sessionId: 'named' }),
    ]);
    await older.close();
    for (const table of ['annotation_places', 'migrations']) {
      await engine.run(`TRUNCATE TABLE ${new URL(url).pathname.slice(1)}.${table}`);
    }
    const store = await clickhouseStore({ cluster: engine.cluster, url });
    onTestFinished(() => store.close());
    const named = { kind: 'score', limit: 9, offset: 0, anyOf: { sessionId: ['named'] } } as const;
    expect(await store.listAnnotations('p', named)).toMatchObject({ annotations: [{ id: 'elsewhere' }], total: 1 });
    const of = await store.annotationsOf('p', { sessionId: 's', traceIds: [traceId(1)] });
    expect(of.map(({ id }) => id)).toEqual(['on the trace', 'on the session', 'on an observation']);
    await store.deleteTraces('p', { kind: 'session', sessionId: 's' });
    const left = await Promise.all(
      (['score', 'comment'] as const).map((kind) => store.listAnnotations('p', { kind, limit: 9, offset: 0 })),
    );
    expect(left.flatMap(({ annotations }) => annotations.map(({ id }) => id))).toEqual(['elsewhere']);
  });
});

describe('a database that moves from SQLite to ClickHouse', () => {
  it('is the same there, and stays so whatever comes later to both', async () => {
    const url = await engine.database();
    const to = await clickhouseStore({ cluster: engine.cluster, url });
    onTestFinished(() => to.close());
    let number = 0;
    await fc.assert(
      fc.asyncProperty(deliveries, deliveries, async (before, later) => {
        number += 1;
        const [file, project] = [join(temporaryFolder(), 'traces.db'), `p${number}`];
        const from = sqliteStore(file);
        const rows = anyDriver()(file, { readOnly: true });
        try {
          for (const batch of before.batches) await from.write(project, batch);
          await migrate(new SqliteDump(rows, from), { ...to, importer: to.importer(file) });
          expect(await readOut(to, project, before.versions)).toEqual(await readOut(from, project, before.versions));
          for (const batch of later.batches) for (const store of [from, to]) await store.write(project, batch);
          expect(await readOut(to, project, later.versions)).toEqual(await readOut(from, project, later.versions));
        } finally {
          rows.close();
          await from.close();
        }
      }),
      { numRuns: RUNS },
    );
  });

  it('has what belongs to its traces: scores, pictures, pieces and what was deleted', async () => {
    const file = join(temporaryFolder(), 'traces.db');
    const from = sqliteStore(file);
    const to = await clickhouseStore({ cluster: engine.cluster, url: await engine.database() });
    const rows = anyDriver()(file, { readOnly: true });
    onTestFinished(async () => {
      rows.close();
      await from.close();
      await to.close();
    });
    const one = anObservation({ traceId: traceId(1), trace: { sessionId: 's' }, body: { input: '"May I?"' } });
    await from.write('p', [one, anObservation({ traceId: traceId(2), trace: { sessionId: 'gone' } })]);
    await from.writeAnnotations('p', [
      {
        ...{ kind: 'score', id: 'good', sessionId: null, traceId: traceId(1), observationId: null, timeMs: 1 },
        ...{ source: { traceId: null, observationId: null }, name: 'good', dataType: 'NUMERIC', value: 1 },
        ...{ stringValue: null, text: null, origin: 'API', environment: null, authorUserId: null, metadata: {} },
      },
    ]);
    await from.writeMedia('p', [{ id: 'picture', contentType: 'image/png', bytes: new Uint8Array([1, 2, 3]) }]);
    const event = { traceId: traceId(1), id: spanId(1), key: 'k', place: 0, name: 'said', timeMs: 1, attributes: {} };
    await from.writeLogEvents('p', [event]);
    await from.deleteTraces('p', { kind: 'session', sessionId: 'gone' });
    await migrate(new SqliteDump(rows, from, digestTrace), { ...to, importer: to.importer(file) });
    const scores = { kind: 'score', limit: 10, offset: 0 } as const;
    expect(await to.listAnnotations('p', scores)).toEqual(await from.listAnnotations('p', scores));
    expect(await to.readMedia('p', 'picture')).toMatchObject({
      contentType: 'image/png',
      bytes: new Uint8Array([1, 2, 3]),
    });
    expect(await to.readLogEvents('p', [event])).toEqual([[event]]);
    expect((await to.searchSessions('p', { text: 'may', limit: 10 })).results).toMatchObject([
      { session: { id: 's' } },
    ]);
    await to.write('p', [anObservation({ traceId: traceId(2), trace: { sessionId: 'gone' } })]);
    expect(await to.getSession('p', 'gone')).toBeNull();
  });

  it('goes on where it was when the command is killed in the middle', async () => {
    const file = join(temporaryFolder(), 'traces.db');
    const from = sqliteStore(file);
    const all = Array.from({ length: 1_500 }, (_, n) =>
      anObservation({
        ...{ traceId: traceId(n + 1), id: spanId(n + 1), type: 'generation', usage: { input: n, total: n } },
        trace: { sessionId: `s${n % 100}` },
      }),
    );
    await from.write('default', all);
    await from.close();
    const database = await engine.database();
    const store = database.replace('http', 'clickhouse');
    const args = [COMMAND, 'migrate', 'sqlite', 'clickhouse', '--database', file, '--store', store];
    const first = startChild(process.execPath, args);
    const steps = async () =>
      Number(
        await engine.run(`SELECT max(version) FROM ${new URL(database).pathname.slice(1)}.migrations`).catch(() => 0),
      );
    await waitFor(async () => (await steps()) >= 2, { what: 'a part to have moved', timeoutMs: 60_000 });
    first.process.kill('SIGKILL');
    await first.ended;
    const before = await steps();
    const { code, stdout, stderr } = await runToEnd(process.execPath, args);
    expect(`${code} ${stderr}`).toBe('0 ');
    expect(stdout).toContain('1500 traces with 1500 observations and 1124250 tokens are in ClickHouse');
    // 8 steps of 200 traces, the end of the traces, and one for each of the five other parts: none was done twice.
    expect([before < 14, await steps()]).toEqual([true, 14]);
    const to = await clickhouseStore({ url: database });
    onTestFinished(() => to.close());
    expect((await to.listTraces('default', { limit: 1 })).total).toBe(1_500);
    expect(await to.getSession('default', 's7')).toMatchObject({ traceCount: 15, totalTokens: 10_605 });
  });
});
