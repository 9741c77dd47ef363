import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runToEnd } from '../support/child-process.js';
import { getJson } from '../support/http.js';
import { type SentSpan, toOtlpJson } from '../support/otlp.js';
import { type ServerProcess, startServer } from '../support/server-process.js';
import { temporaryFolder } from '../support/temporary-folder.js';
import { type Engine, startEngine } from './engine.js';

const COMMAND = join(import.meta.dirname, '../../packages/server/bin/powerrag.js');

let engine: Engine;
let store: string;
let server: ServerProcess;

beforeAll(async () => {
  engine = await startEngine(temporaryFolder());
  store = `${engine.url.replace('http', 'clickhouse')}/traces`;
  server = await startServer({ store });
});
afterAll(async () => {
  await server?.stop();
  await engine?.kill();
});

const powerrag = (...args: string[]) => runToEnd(process.execPath, [COMMAND, ...args, '--store', store]);

async function sessions(): Promise<string[]> {
  const { data } = await getJson<{ data: { id: string }[] }>(`${server.url}/api/v1/sessions`);
  return data.map(({ id }) => id).toSorted();
}

it('powerrag delete takes a session out of ClickHouse while a server runs, and doctor finds no problem with it', async () => {
  const spans = ['doomed', 'kept'].map(
    (id, at): SentSpan => ({
      ...{ traceId: String(at + 1).padStart(32, '0'), spanId: String(at + 1).padStart(16, '0'), name: 'answer' },
      ...{ startUnixNano: 1_764_000_000_000_000_000n, endUnixNano: 1_764_000_001_000_000_000n },
      attributes: { 'session.id': id },
    }),
  );
  const headers = { 'content-type': 'application/json' };
  const sent = await fetch(`${server.url}/v1/traces`, { method: 'POST', headers, body: toOtlpJson(spans) });
  expect(sent.status).toBe(200);
  expect(await sessions()).toEqual(['doomed', 'kept']);

  const deleted = await powerrag('delete', '--session', 'doomed', '--yes');
  expect(deleted).toMatchObject({ code: 0, stderr: '' });
  expect(deleted.stdout).toMatch(/^Deleted 1 trace\./);
  expect(await sessions()).toEqual(['kept']);
  expect(await powerrag('delete', '--session', 'doomed', '--yes')).toMatchObject({
    ...{ code: 1, stderr: expect.stringContaining('There is no trace in session "doomed"') },
  });

  const examined = await powerrag('doctor', '--port', '0');
  expect(examined).toMatchObject({ code: 0, stderr: '' });
  expect(examined.stdout).toMatch(/^ok {7}ClickHouse: \d+\.\S* answers at 127\.0\.0\.1:\d+$/m);
});
