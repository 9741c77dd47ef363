import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { LogFields } from '../base/log.js';
import { type ServeDeps, serve } from '../commands/serve.js';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { sqliteStore } from '../store/sqlite/index.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

const KEYS = { publicKey: 'team', secretKey: 'secret' };
const AUTHORIZATION = `Basic ${btoa('team:secret')}`;

async function start(log: ServeDeps['log'] = { info: () => {}, error: () => {} }) {
  const database = join(temporaryFolder(), 'traces.db');
  const server = await serve(
    { host: '127.0.0.1', port: 0, database, keys: KEYS },
    {
      openStore: (path, onCommit) => sqliteStore(path, undefined, undefined, { onCommit }),
      ...{ pageFolder: temporaryFolder(), version: '1.2.3', log },
    },
  );
  onTestFinished(() => server.close());
  const ask = (path: string, init: RequestInit = {}) =>
    fetch(`${server.url}${path}`, { ...init, headers: { authorization: AUTHORIZATION, ...init.headers } });
  const send = (...spans: object[]) =>
    ask('/v1/traces', {
      method: 'POST',
      body: encodeJson(aRequest(...spans)),
      headers: { 'content-type': 'application/json' },
    });
  /** The samples of a scrape, by name and labels. */
  const scrape = async (): Promise<ReadonlyMap<string, number>> => {
    const text = await (await ask('/metrics')).text();
    const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );
  };
  return { server, ask, send, scrape };
}

const inSession = (id: string) => ({ attributes: [{ key: 'session.id', value: { stringValue: id } }] });

describe('/metrics', () => {
  it('is text for Prometheus, for any client with the keys', async () => {
    const { server, ask } = await start();
    expect((await fetch(`${server.url}/metrics`)).status).toBe(401);
    const response = await ask('/metrics');
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const text = await response.text();
    expect(text).toContain('# TYPE powerrag_http_requests_total counter');
    expect(text).toContain('powerrag_build_info{version="1.2.3"} 1');
  });

  it('counts requests by route, and never shows an id from a client', async () => {
    const { ask, send, scrape } = await start();
    await send(aSpan(inSession('my-secret-session')));
    for (const path of [
      '/api/v1/sessions/my-secret-session/replay',
      '/api/v1/sessions/other',
      '/other',
      '/my-secret-path',
    ]) {
      await (await ask(path)).text();
    }
    await ask('/api/v1/sessions/my-secret-session', { method: 'DELETE' });
    const headers = { 'content-type': 'application/json' };
    await ask('/my-secret-base/otel/v1/traces', { method: 'POST', headers, body: '{}' });
    const samples = await scrape();
    const requests = (method: string, route: string, status: number) =>
      samples.get(`powerrag_http_requests_total{method="${method}",route="${route}",status="${status}"}`);
    expect(requests('POST', '/v1/traces', 200)).toBe(1);
    expect(requests('GET', '/api/v1/sessions/{id}/replay', 200)).toBe(1);
    expect(requests('GET', '/api/v1/sessions/{id}', 404)).toBe(1);
    expect(requests('GET', 'none', 404)).toBe(2);
    expect(requests('POST', '{base}/v1/traces', 200)).toBe(1);
    expect(requests('DELETE', '/api/v1/sessions/{id}', 200)).toBe(1);
    expect([...samples.keys()].filter((name) => /my-secret|other"/.test(name))).toEqual([]);
    const count = 'powerrag_http_request_duration_seconds_count{method="POST",route="/v1/traces"}';
    expect(samples.get(count)).toBe(1);
  });

  it('counts accepted and rejected spans, waits, commits and deletions', async () => {
    const { ask, send, scrape } = await start();
    await send(aSpan({ ...inSession('s') }), aSpan({ traceId: 'ab' }), aSpan({ spanId: '' }));
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'hi' } }] }] }] };
    const headers = { 'content-type': 'application/json' };
    await ask('/v1/logs', { method: 'POST', body: JSON.stringify(logs), headers });
    const batch = { batch: [{ id: 'e', type: 'nonsense', timestamp: new Date(0).toISOString(), body: {} }] };
    await ask('/api/public/ingestion', { method: 'POST', body: JSON.stringify(batch), headers });
    await ask('/api/v1/sessions/s', { method: 'DELETE' });
    const samples = await scrape();
    expect(samples.get('powerrag_ingest_accepted_total{kind="span"}')).toBe(1);
    expect(samples.get('powerrag_ingest_rejected_total{kind="span",reason="invalid"}')).toBe(2);
    expect(samples.get('powerrag_ingest_accepted_total{kind="log record"}')).toBe(1);
    expect(samples.get('powerrag_ingest_rejected_total{kind="event",reason="invalid"}')).toBe(1);
    expect(samples.get('powerrag_ingest_queue_wait_seconds_count')).toBe(3);
    expect(samples.get('powerrag_commit_duration_seconds_count')).toBe(1);
    expect(samples.get('powerrag_deleted_traces_total{cause="request"}')).toBe(1);
    expect(samples.get('powerrag_deleted_traces_total{cause="retention"}')).toBe(0);
  });

  it('has the current state of the queue, the event streams and the file', async () => {
    const { ask, send, scrape } = await start();
    await send(aSpan(inSession('s')));
    const left = new AbortController();
    const following = await ask('/api/v1/sessions/s/changes', { signal: left.signal });
    expect(following.status).toBe(200);
    const samples = await scrape();
    expect(samples.get('powerrag_live_followers')).toBe(1);
    expect(samples.get('powerrag_ingest_queue_bodies')).toBe(0);
    expect(samples.get('powerrag_ingest_queue_oldest_seconds')).toBe(0);
    expect(samples.get('powerrag_database_bytes')).toBeGreaterThan(0);
    expect(samples.get('powerrag_database_log_bytes')).toBeGreaterThan(0);
    expect(samples.get('powerrag_digests_due')).toBe(1);
    expect(samples.get('powerrag_digest_lag_seconds')).toBeGreaterThanOrEqual(0);
    expect(samples.get('powerrag_purges_due')).toBe(0);
    left.abort();
    await expect.poll(async () => (await scrape()).get('powerrag_live_followers')).toBe(0);
  });
});

describe('the log at level debug', () => {
  it('has a line for each request, without ids and keys', async () => {
    const lines: [string, LogFields][] = [];
    const debug = (message: string, fields: LogFields = {}) => void lines.push([message, fields]);
    const { ask } = await start({ info: () => {}, error: () => {}, debug });
    await ask('/api/v1/sessions/my-secret-session/replay?limit=5');
    expect(lines).toEqual([
      ['answered', { method: 'GET', route: '/api/v1/sessions/{id}/replay', status: 404, ms: expect.any(Number) }],
    ]);
  });
});
