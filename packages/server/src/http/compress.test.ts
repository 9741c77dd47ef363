import { once } from 'node:events';
import { request } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { serve } from '../commands/serve.js';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { memoryStore } from '../store/memory.js';
import { quietLog } from '../testing/quiet-log.js';
import { temporaryFolder } from '../testing/temporary-folder.js';

async function start() {
  const server = await serve(
    { host: '127.0.0.1', port: 0, database: '', keys: null },
    { openStore: () => memoryStore(), pageFolder: temporaryFolder(), version: '0', log: quietLog },
  );
  onTestFinished(() => server.close());
  const attributes = [{ key: 'session.id', value: { stringValue: 's' } }];
  await fetch(`${server.url}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: encodeJson(aRequest(aSpan({ attributes }))),
  });
  return server.url;
}

/** The answer as sent; `fetch` would inflate it. */
async function get(url: string, headers: Record<string, string>) {
  const sent = request(url, { headers }).end();
  const [response] = await once(sent, 'response');
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk);
  return { headers: response.headers, body: Buffer.concat(chunks) };
}

const GZIP = { 'accept-encoding': 'gzip' };

describe('an answer', () => {
  it.each(['/api/v1/sessions', '/api/v1/sessions/s/replay', '/api/public/traces', '/api/openapi.json'])(
    'in JSON is compressed if the client accepts it: %s',
    async (path) => {
      const url = (await start()) + path;
      const plain = await get(url, {});
      expect(plain.headers['content-encoding']).toBeUndefined();
      const packed = await get(url, GZIP);
      expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
      expect(JSON.parse(gunzipSync(packed.body).toString())).toEqual(JSON.parse(plain.body.toString()));
    },
  );

  it('that is an event stream is never compressed, so each event arrives when it is sent', async () => {
    const url = `${await start()}/api/v1/sessions/s/changes`;
    const sent = request(url, { headers: GZIP }).end();
    const [response] = await once(sent, 'response');
    const [chunk] = await once(response, 'data');
    expect(response.headers['content-encoding']).toBeUndefined();
    expect(String(chunk)).toContain('its id the position to go on from');
    sent.destroy();
  });

  it('to an exporter is not compressed', async () => {
    const response = await fetch(`${await start()}/v1/traces`, {
      method: 'POST',
      headers: { ...GZIP, 'content-type': 'application/json' },
      body: '{}',
    });
    expect(response.headers.get('content-encoding')).toBeNull();
  });
});
