import { setTimeout as sleep } from 'node:timers/promises';
import { TRACES_PATH } from '@powerrag/protocol';
import { newBatch } from '../../support/ledger-sender.js';
import { toOtlpProtobuf } from '../../support/otlp.js';
import { Probe } from './probe.js';
import type { ServerScenario } from './scenario.js';

const PROTOBUF = { 'content-type': 'application/x-protobuf' };
const DURATION_MS = 30_000;
/** What an OTLP exporter waits for an answer by default. */
const PATIENCE_MS = 10_000;
const SPANS = 512;

interface Counts {
  acknowledged: number;
  refused: number;
  givenUp: number;
  others: number;
}

/** Keeps so many senders busy for a time: each sends its next batch when the last was answered, and waits as told after a 503. */
async function sendFor(url: string, senders: number, durationMs: number): Promise<Counts> {
  const counts: Counts = { acknowledged: 0, refused: 0, givenUp: 0, others: 0 };
  const endMs = performance.now() + durationMs;
  const lane = async (sender: number) => {
    for (let n = 0; performance.now() < endMs; n += 1) {
      const { spans } = newBatch({ sessionId: `sender-${sender}`, spansPerBatch: SPANS }, n);
      const body = new Uint8Array(toOtlpProtobuf(spans));
      const signal = AbortSignal.timeout(PATIENCE_MS);
      try {
        const response = await fetch(url + TRACES_PATH, { method: 'POST', headers: PROTOBUF, body, signal });
        await response.arrayBuffer();
        if (response.status === 200) counts.acknowledged += 1;
        else if (response.status === 503) counts.refused += 1;
        else counts.others += 1;
        if (response.status === 503) await sleep(Number(response.headers.get('retry-after')) * 1_000);
      } catch {
        counts.givenUp += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: senders }, (_, sender) => lane(sender)));
  return counts;
}

export const overload: ServerScenario = {
  fault: 'far more senders than the server can serve, each giving up after 10 s',
  load: `4 senders for ${DURATION_MS / 1_000} s, then 160, batches of ${SPANS} spans`,
  expected: 'at least 80 % of the goodput of 4 senders; 503 with Retry-After and no other status; nobody gives up',
  tests: ['tests/faults/server-overload.test.ts', 'packages/server/src/ingest/queue.test.ts'],
  async run({ start }) {
    const server = await start();
    const few = await sendFor(server.url, 4, DURATION_MS);
    const health = new Probe(`${server.url}/health`);
    const many = await sendFor(server.url, 160, DURATION_MS);
    const { longestMs } = await health.stop();
    const goodput = many.acknowledged / few.acknowledged;
    return {
      held: goodput >= 0.8 && many.givenUp === 0 && many.others === 0,
      figures: {
        'batches of 4 senders': few.acknowledged,
        'batches of 160 senders': many.acknowledged,
        'goodput (%)': Math.round(goodput * 100),
        'answers 503': many.refused,
        'given up': many.givenUp,
        'other answers': many.others,
        'slowest /health (ms)': longestMs,
      },
    };
  },
};

const CONNECTIONS = 40;

export const largeBodies: ServerScenario = {
  fault: 'many connections with large bodies at once',
  load: `${CONNECTIONS} connections, each with one body of 3.7 MB, sent again after 503`,
  expected: 'all are stored; 200 and 503 are the only answers',
  tests: ['packages/server/src/ingest/queue.test.ts'],
  async run({ start }) {
    const server = await start();
    const words = 'the quick brown fox jumps over the lazy dog; '.repeat(160);
    const statuses = new Map<number, number>();
    const times: number[] = [];
    const health = new Probe(`${server.url}/health`);
    const send = async (sender: number) => {
      const { spans } = newBatch({ sessionId: `large-${sender}`, spansPerBatch: 500 }, 1);
      const said = spans.map((span, n) => ({
        ...span,
        attributes: { ...span.attributes, 'langfuse.observation.input': `${sender} ${n} ${words}` },
      }));
      const body = new Uint8Array(toOtlpProtobuf(said));
      for (let status = 0; status !== 200; ) {
        const startedMs = performance.now();
        const response = await fetch(server.url + TRACES_PATH, { method: 'POST', headers: PROTOBUF, body });
        await response.arrayBuffer();
        times.push(performance.now() - startedMs);
        status = response.status;
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 503) await sleep(Number(response.headers.get('retry-after')) * 1_000);
        else if (status !== 200) return;
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, (_, sender) => send(sender)));
    const { longestMs } = await health.stop();
    const { 200: stored = 0, 503: refused = 0, ...others } = Object.fromEntries(statuses);
    return {
      held: stored === CONNECTIONS && Object.keys(others).length === 0,
      figures: {
        stored,
        'answers 503': refused,
        'other answers': Object.keys(others).join(', ') || 0,
        'slowest answer (s)': Math.round(Math.max(...times) / 100) / 10,
        'slowest /health (ms)': longestMs,
      },
    };
  },
};
