import { Agent, request } from 'node:http';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { Body, sameText, textsOfTheirOwn } from './body.mjs';
import { startServer } from './server.mjs';

/**
 * `node bench/server/compare.mjs OTHER_TREE` sends the same spans to the server of another work tree of this repository, such as one of
 * an older commit, and to that of this one, in turns, and prints the CPU of all threads of each per span: from the first request until
 * nothing is left to do, names, last answers and search included. Both servers must be built; each gets a fresh database.
 */
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    spans: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '3' },
  },
});
const CONNECTIONS = 4;
const COMMAND = 'packages/server/bin/powerrag.js';
/** Seconds without work after which a server has nothing left to do; the digests wait for one second. */
const QUIET_S = 3;
/** Of the clock of the system, in seconds: less is no work. */
const LITTLE_S = 0.03;

/** The spans of a request, with the number of requests and what is in one. */
const LOADS = {
  'traces of 512 spans that say the same': { spans: 512, body: bodies(512, 1, () => sameText) },
  'traces of 512 spans that each say something else': { spans: 512, body: bodies(512, 1, textsOfTheirOwn) },
  '100 traces of 5 spans in as many sessions, each span something else': {
    spans: 500,
    body: bodies(5, 100, textsOfTheirOwn),
  },
};

/** Makes the nth request of a sender: so many traces of so many spans. */
function bodies(spans, traces, textsOf) {
  return (sender, batch) =>
    Buffer.concat(
      Array.from({ length: traces }, (_, trace) => {
        const number = batch * traces + trace;
        const session = `${sender}-${String(trace).padStart(6, '0')}`;
        return Buffer.from(new Body(spans, session, textsOf(number * CONNECTIONS + sender)).with(number, sender));
      }),
    );
}

const trees = { other: resolve(positionals[0]), this: resolve(import.meta.dirname, '../..') };
const rows = [];
for (const [load, { spans, body }] of Object.entries(LOADS)) {
  const least = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, tree] of Object.entries(trees)) {
      const taken = await measure(
        join(tree, COMMAND),
        Math.ceil(Number(options.spans) / spans / CONNECTIONS),
        spans,
        body,
      );
      least[name] = Math.min(least[name] ?? Number.POSITIVE_INFINITY, taken);
    }
  }
  const row = {
    load,
    other: least.other.toFixed(1),
    this: least.this.toFixed(1),
    ratio: (least.this / least.other).toFixed(2),
  };
  console.log(row);
  rows.push(row);
}
console.table(rows);

/** Microseconds of CPU per span. */
async function measure(command, batches, spans, body) {
  const server = await startServer(command);
  try {
    await quiet(server);
    const before = server.cpuSeconds();
    const agent = new Agent({ keepAlive: true });
    const send = async (sender) => {
      for (let batch = 0; batch < batches; batch++) await post(agent, server.url, body(sender, batch));
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, sender) => send(sender)));
    agent.destroy();
    await quiet(server);
    return ((server.cpuSeconds() - before) * 1e6) / (batches * CONNECTIONS * spans);
  } finally {
    await server.stop();
  }
}

async function quiet(server) {
  for (let before = -1; server.cpuSeconds() - before > LITTLE_S; ) {
    before = server.cpuSeconds();
    await sleep(QUIET_S * 1_000);
  }
}

/** Resolves when the server has acknowledged it, again and again where it is busy. */
async function post(agent, url, body) {
  for (;;) {
    const { status, retryAfterS } = await new Promise((settle, reject) => {
      const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
      const sent = request(`${url}/v1/traces`, { method: 'POST', agent, headers }, (response) => {
        response.resume();
        response.on('end', () =>
          settle({ status: response.statusCode, retryAfterS: Number(response.headers['retry-after'] ?? 1) }),
        );
      });
      sent.on('error', reject);
      sent.end(body);
    });
    if (status === 200) return;
    if (status !== 429 && status !== 503) throw new Error(`the server answered ${status}`);
    await sleep(retryAfterS * 1_000);
  }
}
