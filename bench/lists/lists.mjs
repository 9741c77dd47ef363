import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';
import { traces } from './sessions.mjs';

/**
 * `node bench/lists/lists.mjs` fills a store and measures what lists of sessions cost at its size.
 *
 * `--store FILE` takes another version of `sqlite/index.ts`, to compare what writing costs; `--write-only` measures nothing else.
 */
const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '20000' },
    traces: { type: 'string', default: '7.5' },
    observations: { type: 'string', default: '3' },
    rounds: { type: 'string', default: '20' },
    batch: { type: 'string', default: '50' },
    store: { type: 'string', default: 'packages/server/src/store/sqlite/index.ts' },
    file: { type: 'string' },
    'write-only': { type: 'boolean', default: false },
  },
});

// Built within the package, so that its dependencies are found.
const built = fileURLToPath(new URL('../../packages/server/node_modules/.lists/', import.meta.url));
await build({
  ...{ config: false, silent: true, clean: false, format: ['esm'], platform: 'node', target: 'node20' },
  ...{ entry: { store: resolve(options.store) }, outDir: built, noExternal: [/^@powerrag/] },
});
const { sqliteStore } = await import(
  pathToFileURL(
    join(
      built,
      readdirSync(built).find((name) => /^store\.m?js$/.test(name)),
    ),
  ).href
);
const folder = mkdtempSync(join(tmpdir(), 'powerrag-lists-'));
const file = options.file ?? join(folder, 'lists.db');
const isFilled = options.file !== undefined && statSync(file, { throwIfNoEntry: false }) !== undefined;
const store = sqliteStore(file);
try {
  if (!isFilled) await fill();
  if (!options['write-only']) await read();
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}

async function fill() {
  const size = {
    sessions: Number(options.sessions),
    tracesPerSession: Number(options.traces),
    observationsPerTrace: Number(options.observations),
  };
  let [spent, written, observations] = [0, 0, 0];
  let batch = [];
  const write = async () => {
    const start = process.cpuUsage();
    await store.write('p', batch.flat());
    const { user, system } = process.cpuUsage(start);
    spent += user + system;
    written += batch.length;
    observations += batch.flat().length;
    batch = [];
  };
  for (const trace of traces(size)) {
    batch.push(trace);
    if (batch.length === Number(options.batch)) await write();
  }
  await write();
  const each = (spent / observations).toFixed(1);
  console.log(`${written} traces, ${observations} observations: ${each} µs of CPU an observation`);
}

async function read() {
  const filters = {
    nothing: {},
    'frequent user': { userId: ['user-0'] },
    'rare user': { userId: ['user-4321'] },
    tag: { tag: ['tag-3'] },
    environment: { environment: ['production'] },
    'two tags': { tag: ['tag-1', 'tag-20'] },
    model: { model: ['model-9'] },
    service: { service: ['service-2'] },
    release: { release: ['2026.3'] },
    name: { name: ['route-17'] },
    metadata: { metadata: [{ key: 'plan', value: 'pro' }] },
    'unique metadata': { metadata: [{ key: 'requestId', value: 'request-777' }] },
    errors: { hasErrors: true },
    cost: { cost: { min: 0.02 } },
    duration: { duration: { min: 3_600_000, max: 7_200_000 } },
    time: { activeFrom: 1_780_000_000_000, activeTo: 1_781_000_000_000 },
    'first release, production, pro': {
      release: ['2026.0'],
      environment: ['production'],
      metadata: [{ key: 'plan', value: 'pro' }],
    },
    'many and few': {
      environment: ['production'],
      model: ['model-0'],
      service: ['service-0'],
      cost: { min: 0.05 },
      hasErrors: true,
    },
    'two that never meet': { release: ['2026.0'], version: ['v3'] },
  };
  const facets = [
    'userId',
    'tag',
    'environment',
    'release',
    'version',
    'name',
    'model',
    'service',
    'metadata',
    'score',
    'hasErrors',
  ];
  const rows = [];
  for (const [name, filter] of Object.entries(filters)) {
    const row = { filter: name };
    for (const sort of ['lastActivity', 'cost', 'errors']) {
      let page;
      row[sort] = await cost(async () => {
        page = await store.listSessions('p', { filter, sort, limit: 50 });
      });
      if (page.nextCursor !== null) {
        const cursor = page.nextCursor;
        row[`${sort} 2`] = await cost(() => store.listSessions('p', { filter, sort, limit: 50, cursor }));
      }
    }
    row.count = await cost(() => store.countSessions('p', filter));
    row.matches = JSON.stringify(Object.values(await store.countSessions('p', filter)));
    row.facets = await cost(() => store.sessionFacets('p', { filter, facets, limit: 20 }));
    row.beside = await cost(() => store.sessionNeighbours('p', 'session-77', { filter }));
    rows.push(row);
  }
  console.table(rows);
  const traceQueries = {
    'traces of a user': { userId: 'user-0' },
    'traces of a rare user': { userId: 'user-4321' },
    'traces by tag': { tags: ['tag-3'] },
    'traces by environment': { environments: ['production'] },
    'traces by name': { name: 'route-17' },
    'traces by release in a week': { release: '2026.3', fromMs: 1_780_000_000_000, toMs: 1_780_600_000_000 },
  };
  for (const [name, query] of Object.entries(traceQueries)) {
    const list = () => store.listTraces('p', { ...query, limit: 50, offset: 0, order: 'desc' });
    console.log(`${name}: ${await cost(list)} ms, ${(await list()).total}`);
  }
}

/** Milliseconds of CPU a call takes on average, which other programs on the machine do not change much. */
async function cost(work) {
  await work();
  const start = process.cpuUsage();
  for (let round = 0; round < Number(options.rounds); round++) await work();
  const { user, system } = process.cpuUsage(start);
  return Number(((user + system) / 1_000 / Number(options.rounds)).toFixed(1));
}
