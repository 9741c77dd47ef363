import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Annotation } from '../../packages/server/src/store/annotations.js';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import type { SessionQuery, Store } from '../../packages/server/src/store/contract.js';
import { memoryStore } from '../../packages/server/src/store/memory.js';
import { anObservation, spanId, traceId } from '../../packages/server/src/store/testing.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
});
afterAll(() => engine.kill());

const SESSIONS = 90;
const SORTS = ['lastActivity', 'start', 'duration', 'cost', 'tokens', 'errors', 'turns'] as const;

/** Many that are equal in each order, in a session each, and later versions of some. */
const OBSERVATIONS = Array.from({ length: SESSIONS }, (_, at) => {
  const startMs = 60_000 * (at % 40);
  return anObservation({
    ...{ traceId: traceId(at + 1), trace: { sessionId: `s${at}` }, type: 'generation' as const, startMs },
    ...{ endMs: startMs + 10 * (at % 3), level: at % 20 === 0 ? 'ERROR' : 'DEFAULT' },
    ...{ usage: { input: at % 7 }, cost: at % 2 === 0 ? { total: (at % 5) / 1_000 } : {} },
  });
});
const LATER = OBSERVATIONS.filter((_, at) => at % 4 === 0).map((each) => ({
  ...each,
  ...{ endMs: (each.endMs ?? 0) + 5 * 60_000, usage: { input: 100 } },
}));

function aScore(at: number, value: number): Annotation {
  const isOnTrace = at % 2 === 0;
  return {
    ...{ kind: 'score', id: `score-${at}`, name: 'helpful', timeMs: at, dataType: 'NUMERIC', value, stringValue: null },
    ...{ text: null, observationId: null, source: { traceId: null, observationId: null }, origin: 'API' },
    ...{ environment: null, authorUserId: null, metadata: {} },
    ...(isOnTrace ? { traceId: traceId(at + 1), sessionId: null } : { traceId: null, sessionId: `s${at}` }),
  };
}

async function fill(store: Store): Promise<void> {
  await store.write('p', OBSERVATIONS);
  await store.write('p', LATER);
  await store.writeAnnotations(
    'p',
    OBSERVATIONS.map((_, at) => aScore(at, (at % 10) / 10)),
  );
}

async function pagesOf(store: Store, query: Omit<SessionQuery, 'limit'>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.listSessions('p', { ...query, limit: 10, ...(cursor !== undefined && { cursor }) });
    ids.push(...page.sessions.map(({ id }) => id));
    cursor = page.nextCursor ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

describe('lists of more sessions than one step looks at', () => {
  const oracle = memoryStore();
  let store: Store;
  beforeAll(async () => {
    store = await clickhouseStore({ cluster: engine.cluster, url: await engine.database() });
    await fill(store);
    await fill(oracle);
  });
  afterAll(() => store.close());

  it.each(SORTS)('by %s have each once and in order, whatever is equal and whatever changed', async (sort) => {
    for (const order of ['asc', 'desc'] as const) {
      const all = await pagesOf(store, { sort, order });
      expect(all).toEqual(await pagesOf(oracle, { sort, order }));
      expect(new Set(all).size).toBe(SESSIONS);
    }
  });

  it('have what a filter asks for, in any order', async () => {
    const filters = [
      { score: [{ name: 'helpful', min: 0.5 }] },
      { score: [{ name: 'helpful', value: '0.3' }], hasErrors: false },
      { hasErrors: true },
      { cost: { min: 0.002 } },
      { activeFrom: 60_000 * 5, activeTo: 60_000 * 20 },
    ];
    for (const filter of filters) {
      for (const sort of ['lastActivity', 'tokens'] as const) {
        const query = { sort, filter, order: 'asc' } as const;
        const all = await pagesOf(store, query);
        expect(all).toEqual(await pagesOf(oracle, query));
        expect(all.length).toBeGreaterThan(0);
      }
      expect(await store.countSessions('p', filter)).toEqual(await oracle.countSessions('p', filter));
    }
  });

  it('of traces by start, page by page, from and up to a moment', async () => {
    for (const order of ['asc', 'desc'] as const) {
      for (const within of [{}, { fromMs: 60_000 * 10, toMs: 60_000 * 30 }]) {
        for (const offset of [0, 7]) {
          const query = { order, ...within, limit: 7, offset };
          const ids = async (from: Store) => (await from.listTraces('p', query)).traces.map(({ id }) => id);
          expect(await ids(store)).toEqual(await ids(oracle));
        }
      }
    }
  });
});

describe('a page of a list', () => {
  it('costs by the page and not by the table, in every order and by errors and scores', async () => {
    const url = await engine.database();
    const store = await clickhouseStore({ url });
    onTestFinished(() => store.close());
    await store.write('p', [anObservation({ id: spanId(1), trace: { sessionId: 's' }, usage: { input: 5 } })]);
    await store.writeAnnotations('p', [aScore(1, 1)]);
    const rows = 60_000;
    await copy(new URL(url).pathname.slice(1), rows);
    const filters = { hasErrors: true, score: [{ name: 'helpful', min: 0.5 }] };
    const pages: Record<string, () => Promise<{ sessions: readonly object[] }>> = {
      ...Object.fromEntries(SORTS.map((sort) => [sort, () => store.listSessions('p', { sort, limit: 5 })])),
      errors: () => store.listSessions('p', { filter: { hasErrors: filters.hasErrors }, limit: 5 }),
      scores: () => store.listSessions('p', { filter: { score: filters.score }, limit: 5 }),
    };
    const read: Record<string, number> = {};
    for (const [name, page] of Object.entries(pages)) {
      const before = await rowsRead();
      expect((await page()).sessions, name).toHaveLength(5);
      read[name] = (await rowsRead()) - before;
    }
    const before = await rowsRead();
    expect((await store.listTraces('p', { limit: 5, order: 'desc', isCounted: false })).traces).toHaveLength(5);
    read.traces = (await rowsRead()) - before;
    expect(Object.entries(read).filter(([, count]) => count > rows / 2)).toEqual([]);
  });
});

/** Makes so many sessions of the one that is there, with a trace and a score each; one in a thousand has an error. */
async function copy(database: string, count: number): Promise<void> {
  const session = "concat('s', toString(cityHash64(number)))";
  const made: Record<string, string> = {
    sessions: `* REPLACE (${session} AS session_id, number * 1000 AS last_ms, number AS start_ms, number AS duration_ms,
      number % 1000 = 0 AS errors, 7 AS tokens, number % 50 AS cost_nano)`,
    session_activity: `* REPLACE (${session} AS session_id, intDiv(number, 60) AS minute)`,
    traces: "* REPLACE (leftPad(toString(number), 32, 'a') AS trace_id, number AS start_ms)",
    session_traces: `* REPLACE (${session} AS session_id, leftPad(toString(number), 32, 'a') AS trace_id)`,
    annotations: `* REPLACE (toString(number) AS annotation_id,
      (latest.1, replaceOne(latest.2, '"s1"', concat('"', ${session}, '"'))) AS latest)`,
    annotation_places: `* REPLACE (${session} AS place_id, toString(number) AS annotation_id)`,
  };
  for (const [table, select] of Object.entries(made)) {
    const columns = (
      await engine.run(`SELECT name FROM system.columns WHERE database = '${database}' AND table = '${table}'`)
    )
      .trim()
      .split('\n')
      .join(', ');
    await engine.run(`INSERT INTO ${database}.${table} (${columns})
      SELECT * EXCEPT (number) FROM (SELECT ${select} FROM ${database}.${table} AS original CROSS JOIN numbers(${count}) AS numbers)`);
  }
}

/** What queries have read since the engine began, by its own count. */
async function rowsRead(): Promise<number> {
  return Number(await engine.run("SELECT sumIf(value, event = 'SelectedRows') FROM system.events"));
}
