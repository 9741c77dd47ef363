import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SESSION_SORTS } from '../../packages/protocol/src/index.ts';
import { anyDriver, sqliteReader } from '../../packages/server/src/store/sqlite/index.ts';
import { FACETS, FILTERS, TRACE_QUERIES } from '../lists/filters.mjs';
import { QUERIES } from '../search/queries.mjs';

/**
 * `npx tsx bench/size/size.mjs --file FILE` measures every list, filter, order, facet and search of a store that
 * `bench/search/search.mjs --file FILE` has filled, as a reader thread of the server reads it, while another process writes into it.
 */
const { values: options } = parseArgs({
  options: {
    file: { type: 'string' },
    rounds: { type: 'string', default: '10' },
    /** Observations a second that are written beside; 0 for none. */
    beside: { type: 'string', default: '0' },
  },
});
const { file } = options;
const writer = options.beside === '0' ? null : await startWriter();
const store = sqliteReader(file, anyDriver());
try {
  console.log(`${(statSync(file).size / 1e6).toFixed(0)} MB`);
  await measure();
} finally {
  store.close();
  if (writer !== null) {
    writer.kill('SIGTERM');
    await once(writer, 'exit');
  }
}

async function startWriter() {
  const program = fileURLToPath(new URL('beside.mjs', import.meta.url));
  const child = spawn(process.execPath, [...process.execArgv, program, file, options.beside], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  child.stdout.on('data', (chunk) => process.stdout.write(chunk));
  await once(child.stdout, 'data');
  return child;
}

async function measure() {
  const times = new Map();
  /** Milliseconds of CPU, which other programs change little, and of the clock. */
  const timed = async (what, detail, work) => {
    const [cpu, start] = [process.cpuUsage(), performance.now()];
    const result = await work();
    const { user, system } = process.cpuUsage(cpu);
    const all = times.get(what) ?? [];
    times.set(what, all);
    all.push({ cpu: (user + system) / 1_000, wall: performance.now() - start, detail });
    return result;
  };
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, filter] of Object.entries(FILTERS)) {
      for (const sort of SESSION_SORTS) {
        const by = { filter, sort, limit: 50 };
        const list = (more) => () => store.listSessions('p', { ...by, ...more });
        const { nextCursor } = await timed('list, first page', `${name} by ${sort}`, list({}));
        if (nextCursor !== null) await timed('list, next page', `${name} by ${sort}`, list({ cursor: nextCursor }));
        await timed('sessions beside one', `${name} by ${sort}`, () => store.sessionNeighbours('p', 'session-77', by));
      }
      await timed('count', name, () => store.countSessions('p', filter));
      for (const facet of FACETS) {
        await timed('values of one filter', `${facet} of ${name}`, () =>
          store.sessionFacets('p', { filter, facets: [facet], limit: 20 }),
        );
      }
    }
    for (const [name, query] of Object.entries(TRACE_QUERIES)) {
      await timed('traces', name, () => store.listTraces('p', { ...query, limit: 50, order: 'desc' }));
    }
    for (const [name, queryOf] of Object.entries(QUERIES)) {
      await timed('search', name, () => store.searchSessions('p', { text: queryOf(round), limit: 20 }));
    }
    await timed('one session', '', () => store.getSession('p', 'session-77'));
    await timed('observations of a session', '', () => store.listObservations('p', { sessionId: 'session-77' }));
  }
  const rows = [...times].map(([what, all]) => {
    const at = (key, share) => {
      const sorted = all.map((each) => each[key]).sort((a, b) => a - b);
      return Number(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1));
    };
    return {
      ...{ what, calls: all.length, 'CPU p50': at('cpu', 0.5), 'CPU p95': at('cpu', 0.95) },
      ...{ 'clock p50': at('wall', 0.5), 'clock p95': at('wall', 0.95) },
    };
  });
  console.table(rows);
  const slowest = [...times].flatMap(([what, all]) => slowestOf(what, all));
  console.log('The slowest by the median of their CPU:');
  console.table(slowest.sort((a, b) => b.cpu - a.cpu).slice(0, 25));
}

function slowestOf(what, all) {
  const byDetail = grouped(all);
  return [...byDetail].map(([detail, some]) => {
    const sorted = some.map(({ cpu }) => cpu).sort((a, b) => a - b);
    return { what, detail, cpu: Number(sorted[Math.floor(sorted.length / 2)].toFixed(1)) };
  });
}

function grouped(all) {
  const groups = new Map();
  for (const each of all) groups.set(each.detail, [...(groups.get(each.detail) ?? []), each]);
  return groups;
}
