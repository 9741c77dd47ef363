import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'tsup';
import { FACETS, FILTERS, TRACE_QUERIES } from './filters.mjs';
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
  const rows = [];
  for (const [name, filter] of Object.entries(FILTERS)) {
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
    row.facets = await cost(() => store.sessionFacets('p', { filter, facets: FACETS, limit: 20 }));
    row.beside = await cost(() => store.sessionNeighbours('p', 'session-77', { filter }));
    rows.push(row);
  }
  console.table(rows);
  for (const [name, query] of Object.entries(TRACE_QUERIES)) {
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
