import { conversation, send } from '../web/sessions.mjs';
import { startServer } from './server.mjs';

/**
 * What opening a very long session costs the server: `node bench/server/large-session.mjs [observations]` (default 50,000, five in each
 * turn) stores one, opens it twice and reads all of its pages, and prints times (milliseconds), sizes (MiB of JSON) and the peak
 * memory of the server (MiB) as JSON.
 */
const [observations = 50_000] = process.argv.slice(2).map(Number);
const PER_TURN = 5;
const SESSION = 'large';
const MIB = 1_048_576;

const server = await startServer();
try {
  const startedMs = performance.now();
  await send(server.url, conversation({ sessionId: SESSION, turns: observations / PER_TURN, perTurn: PER_TURN }));
  const storedMs = performance.now() - startedMs;
  const storedMiB = server.peakMiB();
  const first = await read('');
  const again = await read('');
  const pages = [];
  for (let { nextObservations } = again.body; nextObservations !== null; ) {
    const page = await read(`?cursor=${encodeURIComponent(nextObservations)}`);
    pages.push(page);
    nextObservations = page.body.nextObservations;
  }
  const { turns, traces, observations: shown } = again.body;
  const total = shown.length + pages.reduce((sum, { body }) => sum + body.observations.length, 0);
  if (total !== observations) throw new Error(`${observations} observations were sent, and ${total} read`);
  console.log(
    JSON.stringify({
      observations,
      storedMs: Math.round(storedMs),
      document: { firstMs: first.ms, againMs: again.ms, mib: again.mib, turns: turns.length, traces: traces.length },
      pages: {
        count: pages.length,
        longestMs: Math.max(...pages.map(({ ms }) => ms)),
        allMs: pages.reduce((sum, { ms }) => sum + ms, 0),
        largestMib: Math.max(...pages.map(({ mib }) => mib)),
      },
      peakMiB: { stored: Math.round(storedMiB), read: Math.round(server.peakMiB()) },
    }),
  );
} finally {
  await server.stop();
}

async function read(query) {
  const startedMs = performance.now();
  const response = await fetch(`${server.url}/api/v1/sessions/${SESSION}/replay${query}`);
  const text = await response.text();
  const ms = Math.round(performance.now() - startedMs);
  if (!response.ok) throw new Error(`status ${response.status}: ${text}`);
  return { ms, mib: Math.round((text.length / MIB) * 100) / 100, body: JSON.parse(text) };
}
