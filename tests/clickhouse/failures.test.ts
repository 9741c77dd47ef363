import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { clickhouseStore } from '../../packages/server/src/store/clickhouse/index.js';
import { ClickhouseUnusable } from '../../packages/server/src/store/clickhouse/unusable.js';
import { anObservation } from '../../packages/server/src/store/testing.js';
import { StoreUnavailable } from '../../packages/server/src/store/unavailable.js';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { freePort } from '../support/port.js';
import { startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { dyingFront } from './dying-front.js';
import { type Engine, startEngine } from './engine.js';
import { listen } from './listen.js';

const SPAN: SentSpan = {
  traceId: 'a'.repeat(32),
  spanId: 'b'.repeat(16),
  name: 'one',
  startUnixNano: 1_700_000_000_000_000_000n,
  endUnixNano: 1_700_000_000_000_000_001n,
  attributes: { 'session.id': 's' },
};

const send = (url: string) =>
  fetch(`${url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: toOtlpJson([SPAN]),
  });

describe('a server whose ClickHouse is not up yet', () => {
  it('starts, tells senders and readers to come back, and works when ClickHouse does', async () => {
    const port = await freePort();
    const server = await startServer({ store: `clickhouse://ann:open%20sesame@127.0.0.1:${port}/late` });
    onTestFinished(() => server.kill());
    let log = '';
    for (const stream of [server.process.stdout, server.process.stderr]) stream?.on('data', (text) => (log += text));
    for (const answer of [await send(server.url), await fetch(`${server.url}/api/v1/sessions`)]) {
      expect(answer.status).toBe(503);
      expect(answer.headers.get('retry-after')).toBe('5');
      expect(await answer.text()).toContain('ClickHouse cannot be reached (ECONNREFUSED).');
    }
    const health = await fetch(`${server.url}/health`);
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({
      status: 'failing',
      message: expect.stringMatching(/cannot be reached/),
    });

    const engine = await startEngine(join(temporaryFolder(), 'engine'), port);
    onTestFinished(() => engine.kill());
    // Nobody sends to a server that is failing: it looks by itself.
    await expect.poll(async () => (await fetch(`${server.url}/health`)).status, { timeout: 60_000 }).toBe(200);
    expect((await send(server.url)).status).toBe(200);
    const list = await fetch(`${server.url}/api/v1/sessions`);
    expect(await list.json()).toMatchObject({ data: [{ id: 's', observationCount: 1 }] });
    expect(log).not.toMatch(/sesame/);
  });

  it('ends with a sentence about its option when ClickHouse does not let it in', async () => {
    const refusing = createServer((_request, response) => {
      response.writeHead(403, { 'x-clickhouse-exception-code': '516' });
      response.end('Code: 516. DB::Exception: ann: Authentication failed. (AUTHENTICATION_FAILED)');
    });
    const url = await listen(refusing);
    const opening = clickhouseStore({ url: `${url.replace('//', '//ann:sesame@')}/traces` });
    await expect(opening).rejects.toThrow(ClickhouseUnusable);
    await expect(opening).rejects.toThrow(/does not let user "ann" in, .*database traces; correct --store/);
    await expect(opening).rejects.not.toThrow(/sesame/);
  });
});

describe('a ClickHouse that cannot do it now', () => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await startEngine(temporaryFolder());
  });
  afterAll(() => engine.kill());

  async function open(options: { readonly timeoutMs?: number } = {}) {
    const url = await engine.database();
    const lines: string[] = [];
    const log = { info: (line: string) => void lines.push(line), error: (line: string) => void lines.push(line) };
    const store = await clickhouseStore({ url, log, ...options });
    onTestFinished(() => store.close());
    return { store, lines, database: new URL(url).pathname.slice(1) };
  }

  it('as it has too many parts: writes are refused, reads are answered, and later writes are stored', async () => {
    const { store, lines, database } = await open();
    await store.write('p', [anObservation({ trace: { sessionId: 's' } })]);
    await engine.run(
      `ALTER TABLE ${database}.observations MODIFY SETTING parts_to_throw_insert = 1, parts_to_delay_insert = 1`,
    );
    const other = anObservation({ id: '2'.repeat(16), trace: { sessionId: 's' } });
    for (let i = 0; i < 2; i += 1) {
      await expect(store.write('p', [other])).rejects.toThrow(
        new StoreUnavailable(
          'ClickHouse cannot do it now: a table has too many parts; it takes more when it has merged them (code 252).',
        ),
      );
    }
    expect(store.trouble?.()).toMatch(/too many parts/);
    expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 1 });
    await engine.run(`ALTER TABLE ${database}.observations RESET SETTING parts_to_throw_insert, parts_to_delay_insert`);
    await store.write('p', [other]);
    expect(store.trouble?.()).toBeNull();
    expect(await store.getSession('p', 's')).toMatchObject({ observationCount: 2 });
    expect(lines).toEqual([expect.stringMatching(/too many parts/), expect.stringMatching(/works again/)]);
  });

  it('as it hangs: whoever waits is told in time, and it is used again when it goes on', async () => {
    const { store, lines } = await open({ timeoutMs: 3_000 });
    engine.signal('SIGSTOP');
    onTestFinished(() => engine.signal('SIGCONT'));
    await expect(store.write('p', [anObservation()])).rejects.toThrow('ClickHouse does not answer in time.');
    await expect(store.listSessions('p', { limit: 1 })).rejects.toThrow(StoreUnavailable);
    engine.signal('SIGCONT');
    await expect
      .poll(() => store.write('p', [anObservation()]).then(() => 'stored', String), { timeout: 60_000 })
      .toBe('stored');
    expect(store.trouble?.()).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/in time/), expect.stringMatching(/works again/)]);
  });

  it('between a batch and what is computed from it, when the writer ends: another node finishes the write', async () => {
    const url = await engine.database();
    const front = await dyingFront(engine, url, (statement) => /^\s*insert into `?traces`?\s/i.test(statement));
    const writer = await clickhouseStore({ url: front.url, takeOver: { afterS: 3_600, lookEveryMs: 3_600_000 } });
    onTestFinished(() => writer.close());
    await expect(writer.write('p', [anObservation({ trace: { sessionId: 's' } })])).rejects.toThrow(StoreUnavailable);
    expect(front.isEnded()).toBe(true);

    const other = await clickhouseStore({ url, takeOver: { afterS: 0, lookEveryMs: 50 } });
    onTestFinished(() => other.close());
    await expect.poll(() => other.getSession('p', 's'), { timeout: 60_000 }).toMatchObject({ observationCount: 1 });
    await other.close();
    const left = await engine.run(
      `SELECT count() FROM ${new URL(url).pathname.slice(1)}.writes FINAL WHERE is_done = 0`,
    );
    expect(left.trim()).toBe('0');
  });
});
