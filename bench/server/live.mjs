import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * What an open page costs those who send: `node bench/server/live.mjs [observations] [pages] [seconds] [per trace]`. A session of so
 * many observations (default 20,000, 100 in each trace) gets ten spans a second, first with no page open and then with ten.
 * Prints the times of posting a span (milliseconds) and what each page was sent (bytes), as JSON.
 */
const [observations = 20_000, pages = 10, seconds = 20, perTrace = 100] = process.argv.slice(2).map(Number);
const SPANS_PER_SECOND = 10;
const SESSION = 'live';
const START_MS = Date.now() - 3_600_000;

const folder = mkdtempSync(join(tmpdir(), 'powerrag-live-'));
const server = spawn(
  process.execPath,
  [
    join(import.meta.dirname, '../../packages/server/bin/powerrag.js'),
    'serve',
    '--port',
    '0',
    '--database',
    join(folder, 'live.db'),
  ],
  { stdio: ['ignore', 'pipe', 'inherit'] },
);
try {
  const url = await listeningUrl();
  await fill(url);
  const opened = performance.now();
  const document = await (await fetch(`${url}/api/v1/sessions/${SESSION}/replay`)).json();
  const openMs = performance.now() - opened;
  const without = await post(url);
  const readers = Array.from({ length: pages }, () => follow(url, document));
  await Promise.all(readers.map((reader) => reader.opened));
  for (const reader of readers) reader.bytes = 0;
  const withPages = await post(url);
  const bytes = readers.map((reader) => reader.bytes);
  console.log(
    JSON.stringify({
      observations,
      pages,
      firstOpenMs: Math.round(openMs),
      postingMs: { without, withPages },
      ratioOfMedians: round(withPages.p50 / without.p50),
      bytesPerPageAndSpan: Math.round(Math.max(...bytes) / withPages.spans),
    }),
  );
  for (const reader of readers) reader.stop();
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function listeningUrl() {
  let text = '';
  for await (const chunk of server.stdout) {
    text += chunk;
    const [url] = /http:\/\/[\d.]+:\d+/.exec(text) ?? [];
    if (url !== undefined) {
      server.stdout.resume();
      return url;
    }
  }
  throw new Error('the server did not start');
}

async function fill(url) {
  for (let at = 0; at < observations; at += 1_000) {
    const spans = Array.from({ length: Math.min(1_000, observations - at) }, (_, n) => span(at + n));
    await send(url, spans);
  }
}

/** One span at a time, ten a second. */
async function post(url) {
  const times = [];
  const end = performance.now() + seconds * 1_000;
  let number = observations + Math.floor(performance.now() * 1_000);
  while (performance.now() < end) {
    const start = performance.now();
    await send(url, [span(number++, 'new')]);
    const took = performance.now() - start;
    times.push(took);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, 1_000 / SPANS_PER_SECOND - took)));
  }
  times.sort((a, b) => a - b);
  const at = (part) => round(times[Math.min(times.length - 1, Math.floor(times.length * part))]);
  return { spans: times.length, p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}

/** A trace is a root, a model call for every ten observations, and tools. */
function span(number, kind = 'old') {
  const trace = Math.floor(number / perTrace);
  const place = number % perTrace;
  const startMs = START_MS + trace * 1_000 + place;
  const isCall = place % 10 === 1;
  const attributes = [
    { key: 'session.id', value: { stringValue: SESSION } },
    ...(isCall
      ? [
          { key: 'gen_ai.operation.name', value: { stringValue: 'chat' } },
          { key: 'gen_ai.request.model', value: { stringValue: 'gpt-5' } },
          {
            key: 'langfuse.observation.input',
            value: { stringValue: JSON.stringify([{ role: 'user', content: `question ${trace} ${'x'.repeat(500)}` }]) },
          },
          { key: 'langfuse.observation.output', value: { stringValue: `answer ${number} ${'y'.repeat(500)}` } },
        ]
      : []),
  ];
  return {
    traceId: `${kind === 'new' ? 'f' : '0'}${trace.toString(16).padStart(31, '0')}`,
    spanId: (number + 1).toString(16).padStart(16, '0'),
    ...(place > 0 && { parentSpanId: (trace * perTrace + 1).toString(16).padStart(16, '0') }),
    name: isCall ? 'chat' : 'step',
    startTimeUnixNano: `${Math.round(startMs)}000000`,
    endTimeUnixNano: `${Math.round(startMs) + 1}000000`,
    attributes,
  };
}

async function send(url, spans) {
  const response = await fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

/** A page: reads the event stream as fast as it comes. */
function follow(url, { revision, asOfMs }) {
  const ending = new AbortController();
  const reader = { bytes: 0, stop: () => ending.abort(), opened: Promise.resolve() };
  reader.opened = (async () => {
    const address = `${url}/api/v1/sessions/${SESSION}/changes?after=${revision}.${asOfMs}`;
    const response = await fetch(address, { signal: ending.signal });
    void (async () => {
      for await (const chunk of response.body) reader.bytes += chunk.length;
    })().catch(() => {});
  })();
  return reader;
}

function round(value) {
  return Math.round(value * 100) / 100;
}
