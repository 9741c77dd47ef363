import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { TRACES_PATH } from '@powerrag/protocol';
import { newBatch, post } from '../../support/ledger-sender.js';
import { toOtlpJson } from '../../support/otlp.js';
import { Probe } from './probe.js';
import type { ServerScenario } from './scenario.js';

const UNREAD = 100;

/** The most memory that a process has had, in megabytes; as Linux counts it. */
function peakMemoryMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1_024);
}

export const unreadAnswers: ServerScenario = {
  fault: 'large answers that nobody reads',
  load: `a session of 20,000 observations, asked for ${UNREAD} times on one connection that reads nothing`,
  expected: '/health below 1 s all the while, memory bounded',
  tests: ['packages/server/src/threads/threads.test.ts', 'packages/server/src/read/trace-page.test.ts'],
  async run({ start }) {
    const server = await start();
    for (let n = 0; n < 40; n += 1) await post(server.url, newBatch({ sessionId: 's', spansPerBatch: 500 }, n));
    const pid = server.process.pid ?? 0;
    const before = peakMemoryMb(pid);
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1').pause();
    socket.on('error', () => {});
    socket.write('GET /api/v1/sessions/s/replay HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'.repeat(UNREAD));
    const health = new Probe(`${server.url}/health`);
    await sleep(15_000);
    const { longestMs, failures } = await health.stop();
    const after = peakMemoryMb(pid);
    socket.destroy();
    return {
      held: failures === 0 && longestMs < 1_000 && after - before < 300,
      figures: { 'slowest /health (ms)': longestMs, 'peak memory before (MB)': before, 'and after (MB)': after },
    };
  },
};

export const headRequests: ServerScenario = {
  fault: 'HEAD requests to the event stream',
  load: '500 HEAD requests, then one page that follows a session',
  expected: 'the page is told of a new span',
  tests: ['packages/server/src/live/change-stream.test.ts'],
  async run({ start }) {
    const server = await start();
    await post(server.url, newBatch({ sessionId: 's', spansPerBatch: 1 }, 0));
    const events = `${server.url}/api/v1/sessions/s/changes`;
    const heads = await Promise.all(
      Array.from({ length: 500 }, async () => (await fetch(events, { method: 'HEAD' })).status),
    );
    const leave = new AbortController();
    const response = await fetch(events, { signal: leave.signal });
    const told = (async () => {
      for await (const chunk of response.body ?? []) if (/^data: /m.test(Buffer.from(chunk).toString())) return true;
      return false;
    })().catch(() => false);
    const { spans } = newBatch({ sessionId: 's', spansPerBatch: 1 }, 1);
    const headers = { 'content-type': 'application/json' };
    await fetch(server.url + TRACES_PATH, { method: 'POST', headers, body: toOtlpJson(spans) });
    const isTold = await Promise.race([told, sleep(10_000, false)]);
    leave.abort();
    return {
      held: response.status === 200 && isTold,
      figures: {
        'answers to HEAD': [...new Set(heads)].join(', '),
        'status of the stream': response.status,
        told: String(isTold),
      },
    };
  },
};
