import { createHash, randomBytes } from 'node:crypto';
import type { ObservationDetails } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, encodeJson } from '../ingest/testing.js';
import { mediaIdOf } from '../store/media.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';
import { MediaCutter } from './cutter.js';

const PNG = Buffer.from(Array.from({ length: 90 }, (_, index) => (index * 37) % 256));
const BASE64 = PNG.toString('base64');
const ID = mediaIdOf(PNG);
const reference = (type = 'image/png', source = 'base64_data_uri') =>
  `@@@langfuseMedia:type=${type}|id=${ID}|source=${source}@@@`;

describe('media of which nothing says the type', () => {
  const held = (beginning: readonly number[]) =>
    Buffer.from([...beginning, ...Array.from({ length: 90 }, (_, index) => (index * 37) % 256)]).toString('base64');
  const ascii = (text: string) => [...Buffer.from(text, 'latin1')];

  it.each([
    ['image/png', [0x89, ...ascii('PNG\r\n'), 0x1a, 0x0a]],
    ['image/jpeg', [0xff, 0xd8, 0xff, 0xe0]],
    ['image/gif', ascii('GIF89a')],
    ['image/webp', ascii('RIFF1234WEBPVP8 ')],
    ['audio/wav', ascii('RIFF1234WAVEfmt ')],
    ['audio/mpeg', ascii('ID3')],
    ['video/mp4', [0, 0, 0, 0x20, ...ascii('ftypisom')]],
    ['application/pdf', ascii('%PDF-1.7')],
  ])('are known by how they begin, in a part of any form: %s', (type, beginning) => {
    const base64 = held(beginning);
    const cutter = new MediaCutter();
    const text = cutter.text(JSON.stringify([{ type: 'hologram', picture_base64: base64, n: 1 }]));
    expect(text).not.toContain(base64);
    expect(cutter.media.map(({ contentType }) => contentType)).toEqual([type]);
  });

  it('stay where they are nothing but letters: hashes, keys, words', () => {
    const text = JSON.stringify({ hash: 'a1'.repeat(32), key: `sk-${'x'.repeat(80)}`, word: 'SUQz'.repeat(3) });
    expect(new MediaCutter().text(text)).toBe(text);
  });
});

describe('media in a text', () => {
  it.each([
    ['text around it', `look: data:image/png;base64,${BASE64}!`, `look: ${reference()}!`],
    ['JSON', JSON.stringify({ n: 1, url: `data:image/png;base64,${BASE64}` }), `{"n":1,"url":"${reference()}"}`],
    [
      'JSON with escaped slashes',
      `{"url":"data:image\\/png;base64,${BASE64.replaceAll('/', '\\/')}"}`,
      `{"url":"${reference()}"}`,
    ],
    ['a type with parameters', `data:image/png;name=a.png;base64,${BASE64}`, reference()],
    ['twice', `data:image/png;base64,${BASE64} data:image/png;base64,${BASE64}`, `${reference()} ${reference()}`],
    [
      'Anthropic',
      `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${BASE64}"},"x":1.0}`,
      `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"${reference('image/png', 'bytes')}"},"x":1.0}`,
    ],
    [
      'Gemini',
      `[{"inline_data":{"mime_type":"image/png","data":"${BASE64}"}}]`,
      `[{"inline_data":{"mime_type":"image/png","data":"${reference('image/png', 'bytes')}"}}]`,
    ],
    [
      'OpenAI audio',
      `{"input_audio":{"data":"${BASE64}","format":"wav"}}`,
      `{"input_audio":{"data":"${reference('audio/wav', 'bytes')}","format":"wav"}}`,
    ],
    [
      'GenAI conventions',
      `[{"type":"blob","mime_type":"image/png","content":"${BASE64}"}]`,
      `[{"type":"blob","mime_type":"image/png","content":"${reference('image/png', 'bytes')}"}]`,
    ],
    [
      'Bedrock',
      `{"image":{"format":"png","source":{"bytes":"${BASE64}"}}}`,
      `{"image":{"format":"png","source":{"bytes":"${reference('image/png', 'bytes')}"}}}`,
    ],
  ])('is cut out of %s', (_, text, expected) => {
    const cutter = new MediaCutter();
    expect(cutter.text(text)).toBe(expected);
    expect(cutter.media.map(({ id, bytes }) => [id, Buffer.from(bytes)])).toEqual([[ID, PNG]]);
  });

  it.each([
    ['a reference of a Langfuse SDK', reference()],
    ['a URL', '{"image_url":{"url":"https://example.com/a.png"}}'],
    ['words about data:image/png;base64,', 'data:image/png;base64, is how it begins'],
    ['a long word beside a type', `{"format":"prose","content":"${'a'.repeat(100)}"}`],
    ['base64 that nothing calls media', `{"token":"${BASE64}","mime_type":"image/png"}`],
    ['text with a type beside it', `{"mime_type":"text/plain","content":"${'words '.repeat(30)}"}`],
  ])('leaves %s as it is', (_, text) => {
    const cutter = new MediaCutter();
    expect(cutter.text(text)).toBe(text);
    expect(cutter.media).toEqual([]);
  });

  it('is found wherever it begins, also the shortest', () => {
    const shortest = PNG.subarray(0, 48).toString('base64');
    expect(shortest).toHaveLength(64);
    for (let before = 0; before < 200; before++) {
      const cutter = new MediaCutter();
      cutter.text(`${' '.repeat(before)}data:image/png;base64,${shortest} and more`);
      expect(cutter.media).toHaveLength(1);
    }
  });

  it('of megabytes is cut out as well', () => {
    const large = randomBytes(6_000_000).toString('base64');
    const cut = new MediaCutter().text(
      `[{"media_type":"image/png","data":"${large}"},"data:image/png;base64,${large}"]`,
    );
    expect(cut.length).toBeLessThan(400);
  });
});

const keys = { publicKey: 'team', secretKey: 'secret' };
const authorization = `Basic ${Buffer.from('team:secret').toString('base64')}`;

function anApp() {
  const store = memoryStore();
  const app = appOver(store, {
    keys,
  });
  const send = (method: string, path: string, body?: object) =>
    app.request(path, {
      method,
      headers: { authorization, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: encodeJson(body) }),
    });
  return { app, send };
}

const announced = {
  ...{ traceId: 't', field: 'input', contentType: 'image/png', contentLength: PNG.length },
  sha256Hash: createHash('sha256').update(PNG).digest('base64'),
};

describe('the server', () => {
  it('keeps a reference in place of a picture, and serves the picture', async () => {
    const { send } = anApp();
    const input = { key: 'langfuse.observation.input', value: { stringValue: `data:image/png;base64,${BASE64}` } };
    expect((await send('POST', '/v1/traces', aRequest(aSpan({ attributes: [input] })))).status).toBe(200);
    const details = await send('GET', '/api/v1/traces/0af7651916cd43dd8448eb211c80319c/observations/b7ad6b7169203331');
    expect(((await details.json()) as ObservationDetails).input).toBe(reference());
    const served = await send('GET', `/api/v1/media/${ID}`);
    expect(Buffer.from(await served.arrayBuffer())).toEqual(PNG);
    expect(Object.fromEntries(served.headers)).toMatchObject({
      'content-type': 'image/png',
      'content-disposition': 'inline',
      'content-security-policy': "default-src 'none'; sandbox",
      'x-content-type-options': 'nosniff',
    });
  });

  it.each(['image/svg+xml', 'text/html', 'application/pdf', 'application/xhtml+xml'])(
    'lets no browser open what can hold a program: %s',
    async (type) => {
      const { send } = anApp();
      const input = { key: 'langfuse.observation.input', value: { stringValue: `data:${type};base64,${BASE64}` } };
      await send('POST', '/v1/traces', aRequest(aSpan({ attributes: [input] })));
      const { headers } = await send('GET', `/api/v1/media/${ID}`);
      expect(headers.get('content-type')).toBe('application/octet-stream');
      expect(headers.get('content-disposition')).toBe(`attachment; filename="${ID}"`);
    },
  );

  it("takes an upload as Langfuse's SDKs make it, and lets it be downloaded without keys for an hour", async () => {
    const { app, send } = anApp();
    const { mediaId, uploadUrl } = (await (await send('POST', '/api/public/media', announced)).json()) as Record<
      string,
      string
    >;
    expect(mediaId).toBe(ID);
    const before = Date.now();
    expect((await app.request(uploadUrl ?? '', { method: 'PUT', body: PNG })).status).toBe(200);
    expect((await send('PATCH', `/api/public/media/${ID}`, { uploadHttpStatus: 200 })).status).toBe(204);
    const media = (await (await send('GET', `/api/public/media/${ID}`)).json()) as Record<string, string>;
    expect(media).toMatchObject({ mediaId: ID, contentType: 'image/png', contentLength: 90 });
    expect(Date.parse(media.uploadedAt ?? '')).toBeGreaterThanOrEqual(before);
    expect(Buffer.from(await (await app.request(media.url ?? '')).arrayBuffer())).toEqual(PNG);
    expect(await (await send('POST', '/api/public/media', announced)).json()).toEqual({ mediaId: ID, uploadUrl: null });
  });

  it('takes no other bytes than those announced, and none without its permission', async () => {
    const { app, send } = anApp();
    const { uploadUrl = '' } = (await (await send('POST', '/api/public/media', announced)).json()) as Record<
      string,
      string
    >;
    expect((await app.request(uploadUrl, { method: 'PUT', body: 'other' })).status).toBe(400);
    const asPage = uploadUrl.replace('image%2Fpng', 'text%2Fhtml');
    expect((await app.request(asPage, { method: 'PUT', body: PNG })).status).toBe(403);
    expect((await app.request(`/api/v1/media/${ID}`)).status).toBe(401);
    expect((await send('GET', `/api/v1/media/${ID}`)).status).toBe(404);
  });
});
