import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../commands/serve.js';
import { aRequest, aSpan, encodeJson, encodeProtobuf } from '../ingest/testing.js';
import { memoryStore } from '../store/memory.js';
import { spanId, traceId } from '../store/testing.js';
import { quietLog } from '../testing/quiet-log.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { workerFile } from '../testing/worker-file.js';

const file = workerFile();
const JSON_TYPE = { 'content-type': 'application/json' };

async function start({ database = join(temporaryFolder(), 'traces.db'), log = quietLog } = {}) {
  const server = await serve(
    { host: '127.0.0.1', port: 0, database, keys: null },
    { openStore: () => memoryStore(), workerFile: file, pageFolder: temporaryFolder(), version: '0', log },
  );
  onTestFinished(() => server.close());
  const get = (path: string, init: RequestInit = {}) => fetch(`${server.url}${path}`, init);
  const json = async (path: string) => (await get(path)).json();
  const send = (spans: readonly object[], path = '/v1/traces') =>
    get(path, { method: 'POST', headers: JSON_TYPE, body: encodeJson(aRequest(...spans)) });
  return { server, database, get, json, send };
}

const inSession = (sessionId: string, number: number, text = 'hello') =>
  aSpan({
    ...{ traceId: traceId(number), spanId: spanId(number) },
    attributes: [
      { key: 'session.id', value: { stringValue: sessionId } },
      { key: 'input.value', value: { stringValue: text } },
    ],
  });

describe('a server with worker threads', () => {
  it('answers with what it has acknowledged, whatever the encoding', async () => {
    const { get, json } = await start();
    const encodings = [
      ['application/json', '', encodeJson],
      ['application/x-protobuf', '', encodeProtobuf],
      ['application/json', 'gzip', encodeJson],
    ] as const;
    for (const [index, [type, encoding, encode]] of encodings.entries()) {
      const plain = encode(aRequest(inSession(`s${index}`, index + 1)));
      const body = encoding === '' ? plain : new Uint8Array(gzipSync(plain));
      const headers = { 'content-type': type, ...(encoding === '' ? {} : { 'content-encoding': encoding }) };
      expect((await get('/v1/traces', { method: 'POST', headers, body })).status).toBe(200);
      expect(await json(`/api/v1/sessions/s${index}/replay`)).toMatchObject({ session: { id: `s${index}` } });
    }
    expect(await json('/api/v1/sessions')).toMatchObject({ data: [{}, {}, {}] });
    expect(await json('/api/public/traces')).toMatchObject({ meta: { totalItems: 3 } });
  });

  it('lets the thread that answers go before the one that stores, where threads have priorities of their own', async () => {
    const niceOfThreads = () =>
      readdirSync('/proc/self/task').map((id) => {
        // proc(5): the 19th field; the second one, in brackets, may hold spaces.
        const fields = readFileSync(`/proc/self/task/${id}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
        return Number(fields[16]);
      });
    const isAnyLower = () => process.platform === 'linux' && niceOfThreads().some((nice) => nice > getPriority());
    expect(isAnyLower()).toBe(false);
    await start();
    expect(isAnyLower()).toBe(process.platform === 'linux');
  });

  it('tells who follows a session of the name that its words give it, some time after they were stored', async () => {
    const { send, get } = await start();
    await send([aSpan({ attributes: [{ key: 'session.id', value: { stringValue: 'named' } }] })]);
    const gone = new AbortController();
    onTestFinished(() => gone.abort());
    const { body } = await get('/api/v1/sessions/named/changes', { signal: gone.signal });
    await send([inSession('named', 1, 'Where is my order?')]);
    let events = '';
    for await (const bytes of body ?? []) {
      events += new TextDecoder().decode(bytes);
      if (events.includes('"name":"Where is my order?"')) break;
    }
    expect(events).toContain('event: change');
  });

  it('stores a batch of many traces of one session whole, and answers others meanwhile', async () => {
    const { get, json, send } = await start();
    let isStored = false;
    const stored = send(Array.from({ length: 5_000 }, (_, index) => inSession('big', index + 1))).finally(() => {
      isStored = true;
    });
    let answers = 0;
    for (; !isStored; answers += 1) {
      expect((await get('/health')).status).toBe(200);
      expect((await get('/api/v1/sessions')).status).toBe(200);
    }
    expect((await stored).status).toBe(200);
    expect(answers).toBeGreaterThan(5);
    expect(await json('/api/v1/sessions')).toMatchObject({ data: [{ id: 'big', traceCount: 5_000 }] });
  });

  it('takes logs, the batches of older SDKs, scores, comments and media', async () => {
    const { get, json, send } = await start();
    const post = (path: string, body: object) =>
      get(path, { method: 'POST', headers: JSON_TYPE, body: JSON.stringify(body) });
    await send([inSession('s', 1)]);
    const logs = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'up' } }] }] }] };
    expect((await post('/v1/logs', logs)).status).toBe(200);
    expect(await json('/api/v1/log-counts')).toMatchObject({ others: 1 });
    const event = { id: 'e', type: 'trace-create', timestamp: '2026-01-31T12:00:00Z', body: { id: 't', name: 'turn' } };
    expect((await post('/api/public/ingestion', { batch: [event] })).status).toBe(207);
    expect(await json('/api/public/traces/t')).toMatchObject({ name: 'turn' });
    const score = { id: 'one', traceId: traceId(1), name: 'helpful', value: 1 };
    expect((await post('/api/public/scores', score)).status).toBe(200);
    expect(await json('/api/v1/sessions/s/replay')).toMatchObject({ annotations: [{ id: 'one' }] });
    expect((await get('/api/public/scores/one', { method: 'DELETE' })).status).toBe(202);
    expect((await get('/api/public/scores/one')).status).toBe(404);
    const picture = `data:image/png;base64,${Buffer.alloc(100, 7).toString('base64')}`;
    await send([inSession('s', 2, picture)]);
    const { input } = (await json(`/api/v1/traces/${traceId(2)}/observations/${spanId(2)}`)) as { input: string };
    const id = /id=([\w-]+)/.exec(input)?.[1];
    expect(await (await get(`/api/v1/media/${id}`)).arrayBuffer()).toHaveProperty('byteLength', 100);
  });

  it('refuses as one without threads does', async () => {
    const { get, send } = await start();
    const bad = await send([aSpan({ traceId: 'abc' }), inSession('s', 1)]);
    expect(bad.status).toBe(200);
    expect(await bad.json()).toMatchObject({ partialSuccess: { rejectedSpans: '1' } });
    const broken = await get('/v1/traces', { method: 'POST', headers: JSON_TYPE, body: '{' });
    expect(broken.status).toBe(400);
    expect((await get('/api/v1/sessions?cursor=x')).status).toBe(400);
    expect((await get('/api/v1/sessions/none/replay')).status).toBe(404);
  });

  it('sends a long answer in parts, whole', async () => {
    const { get, json, send } = await start();
    const text = 'a long text, '.repeat(100_000);
    for (let number = 1; number <= 8; number++) await send([inSession('long', number, `${number} ${text}`)]);
    const { id } = (await json(`/api/v1/traces/${traceId(3)}/observations/${spanId(3)}`)) as { id: string };
    expect(id).toBe(spanId(3));
    const plain = await get('/api/public/observations?sessionId=long', { headers: { 'accept-encoding': 'identity' } });
    const body = await plain.text();
    expect(body.length).toBeGreaterThan(8 * text.length);
    expect(JSON.parse(body)).toEqual(await json('/api/public/observations?sessionId=long'));
    const head = await get('/api/public/observations?sessionId=long', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('goes on for others when a client reads none of the many answers it asked for, and leaves', async () => {
    const { server, json, send } = await start();
    const text = 'x'.repeat(1_000_000);
    for (let number = 1; number <= 5; number++) await send([inSession('long', number, `${number} ${text}`)]);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    const request = 'GET /api/public/observations?sessionId=long HTTP/1.1\r\nHost: localhost\r\n\r\n';
    socket.pause();
    socket.write(request.repeat(100));
    for (let round = 0; round < 20; round++) {
      expect(await json('/api/v1/sessions')).toMatchObject({ data: [{ id: 'long' }] });
    }
    socket.destroy();
    expect(await json('/api/v1/sessions/long/replay')).toMatchObject({ session: { id: 'long' } });
  });

  it('tells the followers of a session that it changed', async () => {
    const { get, send } = await start();
    await send([inSession('s', 1)]);
    const leaving = new AbortController();
    const events = await get('/api/v1/sessions/s/changes', { signal: leaving.signal });
    const reader = events.body?.getReader();
    await reader?.read();
    await send([inSession('s', 2)]);
    const { value } = (await reader?.read()) ?? {};
    expect(Buffer.from(value ?? []).toString()).toContain('event: change');
    leaving.abort();
  });

  it('has everything again on the next start, in one file', async () => {
    const first = await start();
    await first.send([inSession('s', 1)]);
    await first.server.close();
    expect(existsSync(`${first.database}-wal`)).toBe(false);
    const second = await start({ database: first.database });
    expect(await second.json('/api/v1/sessions')).toMatchObject({ data: [{ id: 's' }] });
  });

  it('refuses a database that another server uses, or that is none', async () => {
    const { database } = await start();
    await expect(start({ database })).rejects.toThrow(/Another PowerRAG server is using/);
    const none = join(temporaryFolder(), 'notes.txt');
    writeFileSync(none, 'notes '.repeat(1_000));
    await expect(start({ database: none })).rejects.toThrow(/is not a PowerRAG database/);
  });

  it.each<[string, RegExp, (path: string) => void]>([
    ['deleted', /was deleted/, (path) => rmSync(path)],
    ['moved', /was moved/, (path) => renameSync(path, `${path}.old`)],
    ['overwritten', /was overwritten/, (path) => writeFileSync(path, 'notes '.repeat(10_000))],
  ])('stops acknowledging when its file is %s, and says so', async (_what, message, happens) => {
    const lines: string[] = [];
    const log = { info: () => {}, error: (line: string) => void lines.push(line) };
    const { database, get, send } = await start({ log });
    expect((await send([inSession('s', 1)])).status).toBe(200);
    happens(database);
    const refused = await send([inSession('s', 2)]);
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ message: expect.stringMatching(message) });
    const health = await get('/health');
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ message: expect.stringMatching(message) });
    expect(lines).toEqual([expect.stringMatching(message)]);
  });
});
