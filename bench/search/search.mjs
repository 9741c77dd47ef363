import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { digestTrace } from '../../packages/server/src/digest/index.ts';
import { anyDriver, sqliteStore } from '../../packages/server/src/store/sqlite/index.ts';
import { turns } from './conversations.mjs';
import { QUERIES } from './queries.mjs';

/**
 * `npx tsx bench/search/search.mjs` fills a store with conversations and measures what digests cost beside writing, and what
 * a page of search costs. `--file FILE` keeps the store, and uses it again when it is there.
 */
const { values: options } = parseArgs({
  options: {
    sessions: { type: 'string', default: '4000' },
    turns: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '30' },
    file: { type: 'string' },
  },
});

/** Turns of a batch, and batches between digests, which wait for a second without a change. */
const BATCH = 20;
const DIGESTED = 10;
const folder = mkdtempSync(join(tmpdir(), 'powerrag-search-'));
const file = options.file ?? join(folder, 'search.db');
const isFilled = statSync(file, { throwIfNoEntry: false }) !== undefined;
const log = { info: console.log, error: console.error };
const store = sqliteStore(file, anyDriver(), log, { digestTrace });
try {
  if (!isFilled) await fill();
  await read();
} finally {
  await store.close();
  rmSync(folder, { recursive: true });
}

async function fill() {
  const cost = { observations: 0, writing: 0, digesting: 0 };
  const measured = async (what, work) => {
    const start = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(start);
    cost[what] += user + system;
  };
  let batch = [];
  let batches = 0;
  const write = async () => {
    const all = batch.flat();
    batch = [];
    cost.observations += all.length;
    await measured('writing', () => store.write('p', all));
    batches += 1;
    if (batches % DIGESTED === 0) await measured('digesting', () => store.digested());
  };
  for (const turn of turns(Number(options.sessions), Number(options.turns))) {
    batch.push(turn);
    if (batch.length === BATCH) await write();
  }
  await write();
  await measured('digesting', () => store.digested());
  const { observations, writing, digesting } = cost;
  console.log(
    `${observations} observations: ${(writing / observations).toFixed(1)} µs of CPU each to write, ${(digesting / observations).toFixed(1)} to digest: ${(1 + digesting / writing).toFixed(2)} times`,
  );
}

async function read() {
  const rows = [];
  for (const [name, queryOf] of Object.entries(QUERIES)) {
    const times = [];
    let found = 0;
    for (let n = 0; n < Number(options.rounds); n++) {
      // CPU, which other programs on the machine do not change much.
      const start = process.cpuUsage();
      const { results } = await store.searchSessions('p', { text: queryOf(n), limit: 20 });
      const { user, system } = process.cpuUsage(start);
      times.push((user + system) / 1_000);
      found += results.length;
    }
    times.sort((a, b) => a - b);
    const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
    rows.push({ query: name, p50: at(0.5), p95: at(0.95), 'sessions on a page': (found / times.length).toFixed(1) });
  }
  console.log('Milliseconds of CPU:');
  console.table(rows);
}
