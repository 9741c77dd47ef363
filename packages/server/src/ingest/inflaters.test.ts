import * as zlib from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';
import { aRequest, aSpan, encodeJson } from './testing.js';

async function post(body: Uint8Array, encoding: string) {
  const store = memoryStore();
  const app = appOver(store);
  const response = await app.request('/v1/traces', {
    method: 'POST',
    body: new Uint8Array(body),
    headers: { 'content-type': 'application/json', 'content-encoding': encoding },
  });
  const { data } = (await (await app.request('/api/public/traces')).json()) as { data: object[] };
  return { status: response.status, text: await response.text(), traces: data.length };
}

const request = encodeJson(aRequest(aSpan()));
const bomb = Buffer.alloc(100_000_000);
const compressZstd: unknown = Reflect.get(zlib, 'zstdCompressSync');

describe('a body that is deflated', () => {
  it('is accepted with and without the zlib header', async () => {
    expect(await post(zlib.deflateSync(request), 'deflate')).toMatchObject({ status: 200, traces: 1 });
    expect(await post(zlib.deflateRawSync(request), 'deflate')).toMatchObject({ status: 200, traces: 1 });
  });

  it('is refused as soon as it exceeds the limit, and if it is damaged', async () => {
    expect(await post(zlib.deflateSync(bomb), 'deflate')).toMatchObject({ status: 413 });
    expect(await post(zlib.deflateRawSync(bomb), 'deflate')).toMatchObject({ status: 413 });
    const broken = await post(zlib.deflateSync(request).subarray(0, -9), 'deflate');
    expect([broken.status, broken.text]).toEqual([400, expect.stringMatching(/not valid deflate/)]);
  });
});

describe('a body in zstd', () => {
  it('is accepted within the limits if Node supports zstd, else refused with what to use instead', async () => {
    if (typeof compressZstd === 'function') {
      expect(await post(compressZstd(request), 'zstd')).toMatchObject({ status: 200, traces: 1 });
      expect(await post(compressZstd(bomb), 'zstd')).toMatchObject({ status: 413 });
      expect(await post(new Uint8Array([1, 2, 3]), 'zstd')).toMatchObject({ status: 400 });
    } else {
      const refused = await post(request, 'zstd');
      expect([refused.status, refused.text]).toEqual([415, expect.stringMatching(/use gzip, deflate or none/)]);
    }
  });
});
