import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';

/**
 * What ingest and the queries behind the page cost on ClickHouse, and beside it on SQLite in the same run. Prints Markdown.
 *
 *   npm run test:clickhouse -- tests/clickhouse/writers.test.ts   (once: it installs the engine)
 *   node bench/clickhouse.mjs --observations 1000000
 *
 * Rows and bytes are the engine's own count. Times compare within one run only.
 */
const { values: options } = parseArgs({
  options: {
    observations: { type: 'string', default: '1000000' },
    /** Observations that SQLite gets, beside. */
    beside: { type: 'string', default: '100000' },
    /** How many times more rows the engine then makes from those that were ingested, before anything is read. */
    copies: { type: 'string', default: '0' },
    /** Of each query. */
    runs: { type: 'string', default: '20' },
  },
});
const PER_BATCH = 2_000;
const PER_TRACE = 8;
const TRACES_PER_SESSION = 5;
const PROJECT = 'bench';
const START_MS = 1_780_000_000_000;

const { clickhouseStore, sqliteStore, anyDriver, digestTrace } = await loadStores();
const folder = mkdtempSync(join(tmpdir(), 'powerrag-bench-'));
const engine = await startEngine(join(folder, 'engine'));
try {
  const url = `${engine.url}/bench`;
  const clickhouse = await clickhouseStore({ url, digestTrace });
  const sqlite = sqliteStore(join(folder, 'beside.db'), anyDriver(), { info() {}, error: console.error });
  const total = Number(options.observations);
  const beside = Math.min(Number(options.beside), total);
  const rows = [
    { store: 'SQLite', ...(await ingest(sqlite, beside)) },
    { store: 'ClickHouse', ...(await ingest(clickhouse, total)) },
  ];
  console.log(`\n| Store | Observations | Spans a second | CPU per span, server process |\n| --- | --: | --: | --: |`);
  for (const { store, count, perSecond, cpuUs } of rows) {
    console.log(`| ${store} | ${count} | ${perSecond.toFixed(0)} | ${cpuUs.toFixed(0)} µs |`);
  }
  const size = await engine.run(`SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'bench'`);
  console.log(`\nOn disk: ${(Number(size) / total).toFixed(0)} bytes an observation.\n`);
  await clickhouse.digested();
  await clickhouse.writeAnnotations(PROJECT, scores(total));
  await copyRows(total, Number(options.copies));
  await readAll(clickhouse, total);
  await clickhouse.close();
  await sqlite.close();
} finally {
  engine.kill();
  rmSync(folder, { recursive: true, force: true });
}

async function ingest(store, count) {
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()];
  for (let from = 0; from < count; from += PER_BATCH) {
    const batch = Array.from({ length: Math.min(PER_BATCH, count - from) }, (_, index) => observation(from + index));
    await store.write(PROJECT, batch);
    if (from % 100_000 === 0) process.stderr.write(`${from} `);
  }
  const { user, system } = process.cpuUsage(startCpu);
  return { count, perSecond: count / ((performance.now() - startMs) / 1_000), cpuUs: (user + system) / count };
}

async function readAll(store, total) {
  const sessions = Math.floor(total / PER_TRACE / TRACES_PER_SESSION);
  const someId = () => `session-${Math.floor(Math.random() * sessions)}`;
  const third = await thirdPage(store);
  const someOf = (count) => Math.floor(Math.random() * count);
  const someCopy = () => 1 + someOf(Number(options.copies));
  const search = (text) => store.searchSessions(PROJECT, { text, limit: 20 });
  const list = (filter, more = {}) => store.listSessions(PROJECT, { limit: 50, filter, ...more });
  const someCopyOf = (id) => (Number(options.copies) === 0 ? id : `${id}-${someCopy()}`);
  const traces = (more) => store.listTraces(PROJECT, { limit: 50, ...more });
  const queries = {
    'list, latest activity first': () => list({}),
    'list, third page': () => list({}, { cursor: third }),
    'list, earliest activity first': () => list({}, { order: 'asc' }),
    ...Object.fromEntries(
      ['start', 'duration', 'cost', 'tokens', 'errors', 'turns'].map((sort) => [
        `list, by ${sort}`,
        () => list({}, { sort }),
      ]),
    ),
    'filter, a user of many sessions': () => list({ userId: ['user-8'] }),
    'filter, a user of one session': () => list({ userId: [someCopyOf('guest-3')] }),
    'filter, a tag of one session': () => list({ tag: [someCopyOf('only-4')] }),
    'filter, a user that is not there': () => list({ userId: ['nobody'] }),
    'filter, a model': () => list({ model: ['model-a'] }),
    'filter, with errors': () => list({ hasErrors: true }),
    'filter, at least a cost': () => list({ cost: { min: 0.03 } }),
    'filter, active in an hour': () => list({ activeFrom: START_MS, activeTo: START_MS + 3_600_000 }),
    'filter, a score': () => list({ score: [{ name: 'helpful', min: 0.5 }] }),
    'count of sessions': () => store.countSessions(PROJECT, {}),
    'count of sessions, one user': () => store.countSessions(PROJECT, { userId: [someCopyOf('guest-3')] }),
    'values of a filter': () => store.sessionFacets(PROJECT, { filter: {}, facets: ['model'], limit: 20 }),
    'sessions beside one': () => store.sessionNeighbours(PROJECT, someCopyOf('session-3'), {}),
    'one session': () => store.getSession(PROJECT, someCopyOf(someId())),
    'observations of a session': () => store.listObservations(PROJECT, { sessionId: someCopyOf(someId()) }),
    'traces of a session': () => store.listTraces(PROJECT, { sessionId: someCopyOf(someId()), limit: 50 }),
    'an observation by its id alone': () => store.getObservation(PROJECT, null, 'ffffffffffffffff'),
    'traces, latest first': () => traces({ order: 'desc', isCounted: false }),
    'scores, latest first': () => store.listAnnotations(PROJECT, { kind: 'score', limit: 50, offset: 0 }),
    'scores of a trace': () =>
      store.listAnnotations(PROJECT, { kind: 'score', limit: 50, offset: 0, anyOf: { traceId: ['0'.repeat(32)] } }),
    'scores of a session': () =>
      store.listAnnotations(PROJECT, {
        kind: 'score',
        limit: 50,
        offset: 0,
        anyOf: { sessionId: [someCopyOf(someId())] },
      }),
    'search, a word of one session': () => search(`"${someCopy()}x${someOf(total)}"`),
    'search, a part of words of few sessions': () => search(`${someCopy()}x`),
    'search, what every session has': () => search('"session id"'),
    'search, what no session has': () => search('quixotic'),
  };
  console.log('| Query | p50 | p95 | Rows read | Bytes read |\n| --- | --: | --: | --: | --: |');
  for (const [name, run] of Object.entries(queries)) {
    const times = [];
    await run();
    const before = await counts();
    for (let i = 0; i < Number(options.runs); i += 1) {
      const start = performance.now();
      await run();
      times.push(performance.now() - start);
    }
    const after = await counts();
    const [rows, bytes] = [after.rows - before.rows, after.bytes - before.bytes];
    times.sort((one, other) => one - other);
    const at = (part) => `${times[Math.floor((times.length - 1) * part)].toFixed(0)} ms`;
    console.log(
      `| ${name} | ${at(0.5)} | ${at(0.95)} | ${Math.round(rows / times.length)} | ${Math.round(bytes / times.length)} |`,
    );
  }
}

/**
 * Makes the engine copy every row that was ingested, under other ids and earlier, so that reads meet tables of another size. Texts
 * are those of the originals, but for the ids in them.
 */
async function copyRows(total, copies) {
  if (copies === 0) return;
  const spanMs = Math.ceil(total / PER_TRACE / TRACES_PER_SESSION) * 6_000;
  const trace = "concat(substring(trace_id, 1, 8), leftPad(lower(hex(copy)), 8, '0'), substring(trace_id, 17))";
  const session = "concat(session_id, '-', toString(copy))";
  const shown = (column) => `replaceAll(replaceAll(${column}, trace_id, ${trace}), session_id, ${session})`;
  const earlier = (column) => `${column} - copy * ${spanMs}`;
  const changes = {
    observations: { trace_id: trace },
    statements: { trace_id: trace },
    trace_digests: {
      ...{ trace_id: trace, words: "replaceAll(words, ' question ', concat(' question ', toString(copy), 'x'))" },
      entries: "replaceAll(entries, 'Question ', concat('Question ', toString(copy), 'x'))",
    },
    revisions: { trace_id: `if(trace_id = '', '', ${trace})`, session_id: session },
    session_traces: { trace_id: trace, session_id: session, summary: shown('summary') },
    traces: {
      ...{ trace_id: trace, session_id: session, shown: shown('shown') },
      ...{ start_ms: earlier('start_ms'), end_ms: earlier('end_ms') },
    },
    sessions: {
      ...{ session_id: session, shown: `replaceAll(shown, session_id, ${session})` },
      ...{ start_ms: earlier('start_ms'), last_ms: earlier('last_ms') },
      texts: `arrayMap(each -> if(position(each, 'guest-') + position(each, 'only-') > 0, concat(each, '-', toString(copy)), each), texts)`,
    },
    annotations: {
      annotation_id: "concat(annotation_id, '-', toString(copy))",
      latest: `(latest.1 - copy * ${spanMs}, replaceRegexpOne(latest.2, 'session-[0-9]+', concat('\\\\0-', toString(copy))))`,
    },
    annotation_places: {
      ...{
        annotation_id: "concat(annotation_id, '-', toString(copy))",
        place_id: "concat(place_id, '-', toString(copy))",
      },
    },
    session_activity: { session_id: session, minute: `minute - intDiv(copy * ${spanMs}, 60000)` },
  };
  for (const [table, replaced] of Object.entries(changes)) {
    const columns = Object.entries(replaced).map(([name, value]) => `${value} AS ${name}`);
    const answer = await engine.run(
      `INSERT INTO bench.${table} SELECT * EXCEPT (copy) REPLACE (${columns.join(', ')})
        FROM (SELECT * FROM bench.${table}) AS original CROSS JOIN (SELECT number + 1 AS copy FROM numbers(${copies})) AS copies`,
    );
    if (answer.includes('Exception')) throw new Error(answer);
  }
  const rows = await engine.run('SELECT count() FROM bench.observations');
  console.log(`With ${copies} copies there are ${rows.trim()} observations.\n`);
}

async function thirdPage(store) {
  let cursor;
  for (let page = 1; page < 3; page += 1) {
    const { nextCursor } = await store.listSessions(PROJECT, { limit: 50, ...(cursor && { cursor }) });
    cursor = nextCursor ?? undefined;
  }
  return cursor;
}

/** What queries have read since the engine began, by its own count. */
async function counts() {
  const answer = await engine.run(
    "SELECT sumIf(value, event = 'SelectedRows'), sumIf(value, event = 'SelectedBytes') FROM system.events",
  );
  const [rows, bytes] = answer.trim().split('\t').map(Number);
  return { rows, bytes };
}

/** Conversations one after the other, a minute apart, with texts that are alike and a text of each one's own. */
function observation(number) {
  const trace = Math.floor(number / PER_TRACE);
  const session = Math.floor(trace / TRACES_PER_SESSION);
  const startMs = START_MS + session * 6_000 + (number % (PER_TRACE * TRACES_PER_SESSION)) * 500;
  const isRoot = number % PER_TRACE === 0;
  const isCall = number % 2 === 1;
  return {
    traceId: (trace + 1).toString(16).padStart(32, '0'),
    id: (number + 1).toString(16).padStart(16, '0'),
    parentId: isRoot ? null : (trace * PER_TRACE + 1).toString(16).padStart(16, '0'),
    type: isCall ? 'generation' : 'span',
    name: isRoot ? 'turn' : 'step',
    ...{
      startMs,
      endMs: startMs + 400,
      firstTokenMs: isCall ? startMs + 90 : null,
      level: session % 200 === 5 ? 'ERROR' : 'DEFAULT',
      statusMessage: null,
    },
    ...{
      service: 'chat',
      scope: null,
      environment: 'prod',
      version: null,
      model: isCall ? 'model-a' : null,
      provider: null,
    },
    ...{ modelParameters: {}, usage: isCall ? { input: 900, output: 120 } : {}, cost: isCall ? { total: 0.002 } : {} },
    ...{ costEstimated: false, prompt: null },
    trace: isRoot ? saidOf(session) : {},
    body: {
      input: `You answer questions about the product.\n\nQuestion ${number}: ${'how do I set a session id? '.repeat(8)}`,
      output: `Answer ${number}: ${'set it on the first span of the trace. '.repeat(6)}`,
      ...{ metadata: {}, events: [] },
    },
  };
}

/** Every other user comes once. */
function saidOf(session) {
  const userId = session % 2 === 0 ? `user-${session % 997}` : `guest-${session}`;
  return { sessionId: `session-${session}`, userId, tags: [`tag-${session % 7}`, `only-${session}`] };
}

/** One on every session. */
function scores(total) {
  return Array.from({ length: Math.ceil(total / PER_TRACE / TRACES_PER_SESSION) }, (_, session) => ({
    ...{ kind: 'score', id: `score-${session}`, sessionId: `session-${session}`, traceId: null, observationId: null },
    ...{ source: { traceId: null, observationId: null }, timeMs: START_MS + session * 6_000, name: 'helpful' },
    ...{ dataType: 'NUMERIC', value: (session % 10) / 10, stringValue: null, text: null, origin: 'API' },
    ...{ environment: null, authorUserId: null, metadata: {} },
  }));
}

/** The stores are internal to the server, the engine to the tests: they are compiled from source. */
async function loadStores() {
  const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  await build({
    ...{ config: false, silent: true, format: ['esm'], target: 'es2022', dts: false, splitting: false },
    entry: {
      clickhouse: at('packages/server/src/store/clickhouse/index.ts'),
      sqlite: at('packages/server/src/store/sqlite/index.ts'),
      digest: at('packages/server/src/digest/index.ts'),
    },
    external: ['@clickhouse/client', 'better-sqlite3'],
    // In the server's package, where its dependencies are found.
    outDir: at('packages/server/node_modules/.cache/bench-stores'),
  });
  const load = (name) =>
    import(new URL(`../packages/server/node_modules/.cache/bench-stores/${name}.js`, import.meta.url).href);
  const { clickhouseStore } = await load('clickhouse');
  const { sqliteStore, anyDriver } = await load('sqlite');
  const { digestTrace } = await load('digest');
  return { clickhouseStore, sqliteStore, anyDriver, digestTrace };
}

/** The engine of the tests, in a process of its own. */
async function startEngine(folder) {
  const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  const program = [at('tests/clickhouse/engine/engine.mjs'), at('.cache/chdb'), folder, '0', 'measured'];
  const child = spawn(process.execPath, ['--max-http-header-size=2000000', ...program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  const [line] = await once(createInterface({ input: child.stdout }), 'line');
  const run = async (statement) => (await fetch(line, { method: 'POST', body: statement })).text();
  return { url: line, run, kill: () => child.kill('SIGKILL') };
}
