import { measure } from './lib/child.mjs';
import { figure, markdownTable, thousands, withRatio } from './lib/table.mjs';
import { Body } from './server/body.mjs';
import { startJaeger } from './server/jaeger.mjs';
import { probe } from './server/probe.mjs';
import { startSending, startServer } from './server/server.mjs';

const CONNECTIONS = 4;
const SPANS_A_BATCH = 512;
const SECONDS = 10;
/** Of a few hundred bytes each, in one body. */
const LARGE_BATCH = 20_000;
/** A small version of `live.mjs`, which a run of all sections has time for. */
const LIVE = { observations: 5_000, pages: 10, seconds: 5 };
const ASKED = {
  '`/health`': '/health',
  'Sessions list': '/api/v1/sessions',
  'Session of 50': '/api/v1/sessions/of-50/replay',
};

export const serverSections = {
  server: {
    title: 'What storing costs',
    note: `${CONNECTIONS} connections send batches of ${SPANS_A_BATCH} spans in protobuf as fast as they are acknowledged, to the server on a fresh database. CPU is that of all its threads. With \`--jaeger PROGRAM\` the same is sent to Jaeger with badger, which writes each batch to the disk before it answers, too.`,
    goal: 'at most 6× of the CPU of JSON.parse + JSON.stringify; at most 300 MiB.',
    table: ingestTable,
  },
  latency: {
    title: 'Answers while spans are stored',
    note: `How long answers take while nothing happens, and while ${CONNECTIONS} connections send batches of ${SPANS_A_BATCH} spans as fast as they are acknowledged and another sends bodies of ${thousands(LARGE_BATCH)} short spans, with a second between two.`,
    goal: 'p99 while busy: `/health` 50 ms, the list 150 ms, a session of 50 observations 200 ms, on two processors that do nothing else.',
    table: latencyTable,
  },
  stages: {
    title: 'What each step of storing costs',
    note: 'CPU microseconds per span of 2 kB in batches of 512, one step after another in one process; the ratio is to JSON.parse + JSON.stringify. The digest makes names, last answers and what search finds, after the commit. Where the time goes, and what was tried: [decision 0033](adr/0033-what-storing-a-span-costs.md).',
    table: stagesTable,
  },
  live: {
    title: 'What open pages cost those who send',
    note: `A session of ${thousands(LIVE.observations)} observations gets ten spans a second, first with no page open and then with ${LIVE.pages}.`,
    goal: 'posting a span stays within twice of no page open, in a session of 20,000 (`node bench/server/live.mjs`).',
    table: liveTable,
  },
};

async function stagesTable({ rounds }) {
  const yardstickUs = yardstick();
  const least = async (texts) => {
    const runs = [];
    for (let round = 0; round < rounds; round += 1) runs.push(await measure('server/stages.mjs', texts));
    const steps = Object.keys(runs[0]).map((step) => [step, Math.min(...runs.map((run) => run[step]))]);
    return [...steps, ['together', steps.reduce((sum, [, us]) => sum + us, 0)]];
  };
  const [same, different] = [await least([]), await least(['different'])];
  return markdownTable(
    ['CPU µs a span', 'all say the same', 'each says something else'],
    same.map(([step, us], index) => [step, withRatio(us, yardstickUs), withRatio(different[index][1], yardstickUs)]),
  );
}

async function liveTable() {
  const { observations, pages, seconds } = LIVE;
  const { postingMs, bytesPerPageAndSpan } = await measure('server/live.mjs', [observations, pages, seconds]);
  const { without, withPages } = postingMs;
  return markdownTable(
    ['', 'median ms', 'p90 ms', 'bytes to a page for a span'],
    [
      ['no page open', figure(without.p50), figure(without.p90), ''],
      [`${pages} open`, withRatio(withPages.p50, without.p50), figure(withPages.p90), thousands(bytesPerPageAndSpan)],
    ],
  );
}

async function latencyTable() {
  const server = await startServer();
  try {
    await store(server.url, new Body(50, 'of-50').with(1, 5_000));
    await probe(server.url, ASKED, 2);
    const idle = await probe(server.url, ASKED, SECONDS / 2);
    const sending = startSending(server.url, CONNECTIONS, SPANS_A_BATCH, 0, LARGE_BATCH);
    await probe(server.url, ASKED, 2);
    const busy = await probe(server.url, ASKED, SECONDS);
    sending.stop();
    const { spans, large, seconds } = await sending.result;
    const rows = Object.keys(ASKED).map((name) => [
      name,
      figure(idle[name].median),
      figure(idle[name].p99),
      figure(busy[name].median),
      withRatio(busy[name].p99, idle[name].p99),
    ]);
    const headings = ['ms', 'idle, median', 'idle, p99', 'busy, median', 'busy, p99 (× idle)'];
    return `${markdownTable(headings, rows)}\n\nMeanwhile ${thousands(spans / seconds)} spans/s were stored, and ${large} of the large bodies.`;
  } finally {
    await server.stop();
  }
}

async function ingestTable({ rounds, jaeger }) {
  const yardstickUs = yardstick();
  const stored = await flatOut(rounds, startServer);
  const beside = jaeger === undefined ? null : await flatOut(rounds, () => startJaeger(jaeger));
  const row = (name, { least, most, peakMiB }) => [
    name,
    withRatio(least, yardstickUs),
    thousands(most),
    figure(peakMiB),
  ];
  return markdownTable(
    ['Spans of 2 kB', 'CPU µs a span', 'spans/s', 'peak RSS MiB'],
    [
      ['JSON.parse + JSON.stringify', figure(yardstickUs), '', ''],
      row('stored', stored),
      ...(beside === null ? [] : [row('stored by Jaeger', beside)]),
    ],
  );
}

/** The least CPU, the most spans and the most memory of the rounds. */
async function flatOut(rounds, start) {
  let least = Number.POSITIVE_INFINITY;
  let most = 0;
  let peakMiB = 0;
  for (let round = 0; round < rounds; round += 1) {
    const server = await start();
    try {
      await startSending(server.url, CONNECTIONS, SPANS_A_BATCH, 3).result;
      const before = server.cpuSeconds();
      const { spans, seconds } = await startSending(server.url, CONNECTIONS, SPANS_A_BATCH, SECONDS).result;
      least = Math.min(least, ((server.cpuSeconds() - before) / spans) * 1e6);
      most = Math.max(most, spans / seconds);
      peakMiB = Math.max(peakMiB, server.peakMiB());
    } finally {
      await server.stop();
    }
  }
  return { least, most, peakMiB };
}

/** Microseconds that `JSON.parse` and `JSON.stringify` of 2 kB take: the minimum of several runs. */
function yardstick() {
  const text = JSON.stringify({
    input: 'a question '.repeat(93),
    output: 'an answer '.repeat(100),
    usage: { input: 1 },
  });
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 20; round += 1) {
    const before = process.cpuUsage();
    for (let count = 0; count < 20_000; count += 1) JSON.stringify(JSON.parse(text));
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 20_000);
  }
  return least;
}

async function store(url, body) {
  const headers = { 'content-type': 'application/x-protobuf' };
  const response = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
  if (response.status !== 200) throw new Error(`the server answered ${response.status}`);
}
