import { setTimeout as sleep } from 'node:timers/promises';
import { TRACES_PATH } from '@powerrag/protocol';
import { describe, expect, it, onTestFinished } from 'vitest';
import { getJson } from '../support/http.js';
import { newBatch } from '../support/ledger-sender.js';
import { toOtlpProtobuf } from '../support/otlp.js';
import { startServer } from '../support/server-process.js';

const SENDERS = 40;
const SPANS = 500;

describe('a server with more to store than it can', () => {
  it('answers each request with 200, or with 503 and when to come back, and in the end has stored all', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const others: string[] = [];
    const send = async (sender: number) => {
      const { spans } = newBatch({ sessionId: `sender-${sender}`, spansPerBatch: SPANS }, sender);
      const body = new Uint8Array(toOtlpProtobuf(spans));
      for (;;) {
        const headers = { 'content-type': 'application/x-protobuf' };
        const response = await fetch(server.url + TRACES_PATH, { method: 'POST', headers, body });
        await response.arrayBuffer();
        if (response.status === 200) return;
        const retryAfterS = Number(response.headers.get('retry-after'));
        if (response.status !== 503 || !(retryAfterS >= 1))
          others.push(`${response.status}, retry after ${retryAfterS}`);
        await sleep(Math.min(retryAfterS, 5) * 1_000);
      }
    };
    await Promise.all(Array.from({ length: SENDERS }, (_, sender) => send(sender)));
    expect(others).toEqual([]);
    const { data } = await getJson<{ data: { observationCount: number }[] }>(`${server.url}/api/v1/sessions?limit=100`);
    expect(data.map(({ observationCount }) => observationCount)).toEqual(Array.from({ length: SENDERS }, () => SPANS));
  }, 180_000);

  it('goes on answering when senders leave before their answer', async () => {
    const server = await startServer();
    onTestFinished(() => server.stop());
    const body = new Uint8Array(toOtlpProtobuf(newBatch({ sessionId: 'left', spansPerBatch: SPANS }, 0).spans));
    const leaving = Array.from({ length: 30 }, async () => {
      const signal = AbortSignal.timeout(200);
      const headers = { 'content-type': 'application/x-protobuf' };
      await fetch(server.url + TRACES_PATH, { method: 'POST', headers, body, signal }).catch(() => {});
    });
    await Promise.all(leaving);
    const { spans } = newBatch({ sessionId: 'stays', spansPerBatch: 1 }, 0);
    const one = { method: 'POST', headers: { 'content-type': 'application/x-protobuf' } };
    const response = await fetch(server.url + TRACES_PATH, { ...one, body: new Uint8Array(toOtlpProtobuf(spans)) });
    expect(response.status).toBe(200);
    expect(await getJson(`${server.url}/health`)).toMatchObject({ status: 'ok' });
  });
});
