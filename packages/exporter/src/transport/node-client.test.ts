import { expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../testing/collector.js';
import { openNodeClient } from './node-client.js';

it('a path that begins with two slashes does not send a request and its key to another host', async () => {
  const { baseUrl, requests } = await startCollector();
  const client = await openNodeClient({ connections: 1 });
  onTestFinished(() => client.destroy());
  const { statusCode } = await client.request({
    origin: baseUrl,
    path: '//elsewhere.invalid/v1/traces',
    method: 'POST',
    headers: { authorization: 'Basic key' },
    body: Buffer.from('spans'),
    signal: new AbortController().signal,
  });
  expect(statusCode).toBe(200);
  expect(requests.map(({ path }) => path)).toEqual(['//elsewhere.invalid/v1/traces']);
});
