import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { TRACES_PATH } from '@powerrag/protocol';
import { newBatch } from '../../support/ledger-sender.js';
import { toOtlpJson, toOtlpProtobuf } from '../../support/otlp.js';
import { seededRandom } from '../../support/random.js';
import { Probe } from './probe.js';
import type { ServerScenario } from './scenario.js';

/** One span with so many empty events, in protobuf: two bytes each. */
function spanOfEvents(count: number): Buffer {
  const events = Buffer.alloc(count * 2);
  for (let at = 0; at < events.length; at += 2) events[at] = 0x5a;
  const ids = Buffer.concat([Buffer.from([0x0a, 16]), Buffer.alloc(16, 7), Buffer.from([0x12, 8]), Buffer.alloc(8, 7)]);
  const message = (tag: number, content: Buffer) =>
    Buffer.concat([Buffer.from([tag]), varint(content.length), content]);
  return message(0x0a, message(0x12, message(0x12, Buffer.concat([ids, events]))));
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const EVENTS = 3_900_000;

export const smallBombs: ServerScenario = {
  fault: 'small requests that inflate to millions of items',
  load: `3 at once of one span with ${EVENTS.toLocaleString('en')} empty events, compressed to under 8 kB`,
  expected: 'answered, /health stays below 1 s, the server goes on',
  tests: ['packages/server/src/otlp/decode.test.ts', 'packages/server/src/ingest/inflaters.test.ts'],
  async run({ start }) {
    const server = await start();
    const body = new Uint8Array(gzipSync(spanOfEvents(EVENTS)));
    const headers = { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' };
    const health = new Probe(`${server.url}/health`);
    const startedMs = performance.now();
    const statuses = await Promise.all(
      Array.from({ length: 3 }, async () => {
        const response = await fetch(server.url + TRACES_PATH, { method: 'POST', headers, body });
        await response.arrayBuffer();
        return response.status;
      }),
    );
    const seconds = Math.round((performance.now() - startedMs) / 100) / 10;
    const { longestMs, failures } = await health.stop();
    return {
      held: failures === 0 && longestMs < 1_000,
      figures: {
        bytes: body.length,
        answers: statuses.join(', '),
        'all (s)': seconds,
        'slowest /health (ms)': longestMs,
      },
    };
  },
};

const MUTATIONS = 100_000;

export const mutations: ServerScenario = {
  fault: 'damaged bodies',
  load: `${MUTATIONS.toLocaleString('en')} bodies, protobuf and JSON, each with 1 to 8 random bytes changed, cut or repeated`,
  expected: '200 or 400, and the server goes on',
  tests: ['packages/server/src/otlp/decode.test.ts', 'packages/server/src/ingest/http.test.ts'],
  async run({ start }) {
    const server = await start();
    const random = seededRandom(17);
    const { spans } = newBatch({ sessionId: 'damaged', spansPerBatch: 3 }, 0);
    const bodies = [Buffer.from(toOtlpProtobuf(spans)), Buffer.from(toOtlpJson(spans))];
    const types = ['application/x-protobuf', 'application/json'];
    const counts = new Map<number, number>();
    const health = new Probe(`${server.url}/health`);
    let left = MUTATIONS;
    const lane = async () => {
      while (left > 0) {
        const kind = left-- % 2;
        const body = damaged(bodies[kind] ?? Buffer.alloc(0), random);
        const headers = { 'content-type': types[kind] ?? '' };
        const response = await fetch(server.url + TRACES_PATH, { method: 'POST', headers, body: new Uint8Array(body) });
        await response.arrayBuffer();
        counts.set(response.status, (counts.get(response.status) ?? 0) + 1);
      }
    };
    await Promise.all(Array.from({ length: 8 }, lane));
    const { longestMs, failures } = await health.stop();
    const { 200: taken = 0, 400: refused = 0, ...others } = Object.fromEntries(counts);
    return {
      held: failures === 0 && taken + refused === MUTATIONS,
      figures: {
        'answers 200': taken,
        'answers 400': refused,
        'other answers': Object.keys(others).join(', ') || 0,
        'slowest /health (ms)': longestMs,
      },
    };
  },
};

function damaged(body: Buffer, random: () => number): Buffer {
  const copy = Buffer.from(body);
  const at = () => Math.floor(random() * copy.length);
  for (let changes = 1 + Math.floor(random() * 8); changes > 0; changes -= 1) copy[at()] = Math.floor(random() * 256);
  const form = random();
  if (form < 0.15) return copy.subarray(0, at());
  return form < 0.3 ? Buffer.concat([copy, copy.subarray(at())]) : copy;
}

const SLOW = 500;

export const slowSenders: ServerScenario = {
  fault: 'connections that send a header or a body byte by byte',
  load: `${SLOW} connections for 20 s, half of them slow in their headers, half in their bodies`,
  expected: 'others are served all the while; the server ends in time afterwards',
  tests: ['packages/server/src/commands/serve.test.ts', 'packages/server/src/ingest/http.test.ts'],
  async run({ start }) {
    const server = await start();
    const { port } = new URL(server.url);
    const head = `POST ${TRACES_PATH} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n`;
    const sockets = Array.from({ length: SLOW }, (_, n) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.on('error', () => {});
      socket.write(n % 2 === 0 ? head : `${head}content-length: 100000\r\n\r\n{`);
      return socket;
    });
    const health = new Probe(`${server.url}/health`);
    for (let second = 0; second < 20; second += 1) {
      await sleep(1_000);
      for (const [n, socket] of sockets.entries()) if (socket.writable) socket.write(n % 2 === 0 ? 'x: y\r\n' : ' ');
    }
    const { longestMs, medianMs, failures } = await health.stop();
    const startedMs = performance.now();
    await server.stop();
    const stopMs = Math.round(performance.now() - startedMs);
    for (const socket of sockets) socket.destroy();
    return {
      held: failures === 0 && stopMs < 10_000,
      figures: { 'median /health (ms)': medianMs, 'slowest /health (ms)': longestMs, 'SIGTERM to end (ms)': stopMs },
    };
  },
};
