import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Log } from '../base/log.js';
import type { Observation } from '../observation/observation.js';
import { DEFAULT_LIMITS, type IngestLimits } from '../otlp/limits.js';
import type { OtlpSpan } from '../otlp/otlp.js';
import { type ObservationWriter, Unstorable } from '../store/contract.js';
import { anObservation } from '../store/testing.js';
import { signedIn } from '../testing/signed-in.js';
import { createIngest } from './http.js';
import { tracesTaker } from './take-traces.js';
import { aRequest, aSpan, decodeMessage, encodeJson, encodeProtobuf } from './testing.js';

const PATHS = ['/v1/traces', '/api/public/otel/v1/traces'];

/** Where exporters of further products send to, and what an address makes that has the path already, or a slash at its end. */
const PATHS_ELSEWHERE = [
  '/api/otel/v1/traces',
  '/otel/v1/traces',
  '/api/v1/private/otel/v1/traces',
  '/v1/traces/v1/traces',
  '//v1/traces',
];
const PROTOBUF = 'application/x-protobuf';
const JSON_TYPE = 'application/json';

interface Setup {
  readonly limits?: Partial<IngestLimits>;
  readonly write?: ObservationWriter['write'];
  readonly normalise?: (span: OtlpSpan) => Observation;
}

function ingest({ limits, write, normalise }: Setup = {}) {
  const stored: Observation[] = [];
  const errors: string[] = [];
  const log: Log = { info: () => {}, error: (message, cause) => errors.push(`${message}: ${cause}`) };
  const bounded = { ...DEFAULT_LIMITS, ...limits };
  const take = tracesTaker({
    writer: { write: write ?? (async (_project, batch) => void stored.push(...batch)) },
    normalise: normalise ?? ((span) => anObservation({ id: span.spanId, name: span.name })),
    limits: bounded,
    log,
  });
  const routes = createIngest({ take, limits: bounded, log });
  const app = signedIn(routes);
  const post = async (
    body: string | Uint8Array<ArrayBuffer> | ReadableStream | null,
    headers: Record<string, string> = { 'content-type': JSON_TYPE },
    path = '/v1/traces',
  ) => app.request(path, { method: 'POST', body, headers, ...({ duplex: 'half' } as object) });
  return { post, app, stored, errors };
}

const request = aRequest(aSpan());

describe('accepting traces', () => {
  it.each(
    [...PATHS, ...PATHS_ELSEWHERE].flatMap((path) => ['identity', 'gzip'].map((encoding) => ({ path, encoding }))),
  )('stores what is posted to $path, $encoding, in both content types', async ({ path, encoding }) => {
    const { post, stored } = ingest();
    for (const [type, bytes] of [
      [PROTOBUF, encodeProtobuf(request)],
      [JSON_TYPE, encodeJson(request)],
    ] as const) {
      const body = encoding === 'gzip' ? new Uint8Array(gzipSync(bytes)) : bytes;
      const response = await post(body, { 'content-type': type, 'content-encoding': encoding }, path);
      expect(response.status).toBe(200);
      expect(response.headers.get('content-type')).toBe(type);
      expect(await response.text()).toBe(type === JSON_TYPE ? '{}' : '');
    }
    expect(stored.map(({ name }) => name)).toEqual(['work', 'work']);
  });

  it('answers 200 only once the batch is durable', async () => {
    let commit = (): void => {};
    const committed = new Promise<void>((resolve) => {
      commit = resolve;
    });
    let answered = false;
    const { post } = ingest({ write: () => committed });
    const answer = post(encodeJson(request)).then((response) => {
      answered = true;
      return response;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    commit();
    expect((await answer).status).toBe(200);
  });

  it('answers 503 when a batch cannot be stored, and logs why', async () => {
    const { post, errors } = ingest({ write: () => Promise.reject(new Error('database or disk is full')) });
    const response = await post(encodeJson(request));
    expect(response.status).toBe(503);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await response.json()).toEqual({
      code: 14,
      message: 'The server could not store this batch; send it again.',
    });
    expect(errors).toEqual(['could not store a batch: Error: database or disk is full']);
  });

  it('names a bad span in a partial success and stores the others', async () => {
    const { post, stored } = ingest();
    const mixed = aRequest(aSpan({ traceId: 'ab' }), aSpan({ name: 'sound' }));
    const message = '1 span was rejected: trace id must be 16 bytes (32 hex digits), got 2 characters';
    const inJson = await post(encodeJson(mixed));
    expect(inJson.status).toBe(200);
    expect(await inJson.json()).toEqual({ partialSuccess: { rejectedSpans: '1', errorMessage: message } });
    const inProtobuf = await post(encodeProtobuf(mixed), { 'content-type': PROTOBUF });
    expect(inProtobuf.status).toBe(200);
    expect(decodeMessage('ExportTraceServiceResponse', new Uint8Array(await inProtobuf.arrayBuffer()))).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: message },
    });
    expect(stored.map(({ name }) => name)).toEqual(['sound', 'sound']);
  });

  it('rejects spans that can never be stored and stores the others, with a 200', async () => {
    const written: Observation[] = [];
    const { post, errors } = ingest({
      write: async (_project, batch) => {
        const bad = batch.filter(({ name }) => name === 'bad');
        if (bad.length > 0) throw new Unstorable(new Map(bad.map((observation) => [observation, 'it is too large'])));
        written.push(...batch);
      },
    });
    const response = await post(encodeJson(aRequest(aSpan({ name: 'bad' }), aSpan({ name: 'good' }))));
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: '1 span was rejected: span b7ad6b7169203331 cannot be stored: it is too large',
      },
    });
    expect(written.map(({ name }) => name)).toEqual(['good']);
    expect(errors).toHaveLength(1);
  });

  it('warns about cut values in both encodings, with 0 rejected', async () => {
    const { post, stored } = ingest({ limits: { events: 1 } });
    const cut = aRequest(aSpan({ events: [{ name: 'a' }, { name: 'b' }] }));
    const errorMessage =
      'Cut or left out of spans that were stored: 1 events (the first 1 of a span are kept; record fewer)';
    const inJson = await post(encodeJson(cut));
    expect(await inJson.json()).toEqual({ partialSuccess: { rejectedSpans: '0', errorMessage } });
    const inProtobuf = await post(encodeProtobuf(cut), { 'content-type': PROTOBUF });
    const message = decodeMessage('ExportTraceServiceResponse', new Uint8Array(await inProtobuf.arrayBuffer()));
    expect(message).toMatchObject({ partialSuccess: { errorMessage } });
    expect(stored).toHaveLength(2);
  });

  it('rejects only the span that cannot be normalised, not its batch', async () => {
    const { post, stored } = ingest({
      normalise: (span) => {
        if (span.name === 'bad') throw new Error('no such type');
        return anObservation({ name: span.name });
      },
    });
    const response = await post(encodeJson(aRequest(aSpan({ name: 'bad' }), aSpan({ name: 'good' }))));
    expect(await response.json()).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: '1 span was rejected: span b7ad6b7169203331 could not be read: no such type',
      },
    });
    expect(stored.map(({ name }) => name)).toEqual(['good']);
  });

  it('accepts an empty body and an empty request, and writes nothing', async () => {
    const { post } = ingest({ write: () => Promise.reject(new Error('nothing was to be written')) });
    expect((await post(null)).status).toBe(200);
    expect((await post('{}')).status).toBe(200);
    expect((await post(null, { 'content-type': PROTOBUF })).status).toBe(200);
    expect((await post(new Uint8Array(), { 'content-type': PROTOBUF, 'content-encoding': 'gzip' })).status).toBe(200);
  });

  it('ignores the parameters and the case of the content type', async () => {
    const { post, stored } = ingest();
    const response = await post(encodeJson(request), { 'content-type': 'Application/JSON; charset=utf-8' });
    expect(response.status).toBe(200);
    expect(stored).toHaveLength(1);
  });
});

describe('refusing a request', () => {
  it('answers errors in the encoding of the request', async () => {
    const { post } = ingest();
    const inJson = await post('{"resourceSpans":');
    expect(inJson.status).toBe(400);
    expect(await inJson.json()).toEqual({ code: 3, message: expect.stringMatching(/^The body is not JSON/) });
    const inProtobuf = await post('not protobuf', { 'content-type': PROTOBUF });
    expect(inProtobuf.status).toBe(400);
    expect(inProtobuf.headers.get('content-type')).toBe(PROTOBUF);
    expect(decodeMessage('RpcStatus', new Uint8Array(await inProtobuf.arrayBuffer()))).toEqual({
      code: 3,
      message: expect.stringMatching(/^The body is not an OTLP trace request in protobuf/),
    });
  });

  it.each([
    ['no content type', {}, /Content-Type none is not supported; use application\/x-protobuf or application\/json/],
    ['text', { 'content-type': 'text/plain' }, /Content-Type text\/plain is not supported/],
    [
      'brotli',
      { 'content-type': JSON_TYPE, 'content-encoding': 'br' },
      /Content-Encoding br is not supported; use gzip, deflate(, zstd)? or none/,
    ],
    [
      'gzip twice',
      { 'content-type': JSON_TYPE, 'content-encoding': 'gzip, gzip' },
      /Content-Encoding gzip, gzip is not/,
    ],
  ])('answers 415 to %s', async (_what, headers, message) => {
    const { post } = ingest();
    const response = await post(new Uint8Array([1]), headers);
    expect(response.status).toBe(415);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(message) });
  });

  it('answers 405 to other methods, and names POST', async () => {
    const { app } = ingest();
    for (const path of PATHS) {
      const response = await app.request(path);
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(await response.json()).toMatchObject({ message: `${path} takes POST.` });
    }
  });

  it.each([
    ['says that it is too large', true],
    ['is too large without saying so', false],
  ])('answers 413 to a body that %s', async (_what, says) => {
    const { post } = ingest({ limits: { wireBytes: 1000 } });
    const body = encodeJson(aRequest(aSpan({ name: 'n'.repeat(2000) })));
    const response = await post(says ? body : streamOf(body), {
      'content-type': JSON_TYPE,
      ...(says ? { 'content-length': String(body.length) } : {}),
    });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ code: 8, message: expect.stringMatching(/larger than 1000 bytes/) });
  });

  it('stops reading an endless body', async () => {
    const { post } = ingest({ limits: { wireBytes: 100_000 } });
    let pulled = 0;
    let cancelled = false;
    const endless = new ReadableStream({
      pull: (controller) => {
        pulled += 1000;
        controller.enqueue(new Uint8Array(1000));
      },
      cancel: () => {
        cancelled = true;
      },
    });
    expect((await post(endless)).status).toBe(413);
    expect(pulled).toBeLessThan(110_000);
    expect(cancelled).toBe(true);
  });

  it('stops inflating a compression bomb at the limit', async () => {
    const { post } = ingest({ limits: { inflatedBytes: 1_000_000 } });
    const bomb = new Uint8Array(gzipSync(Buffer.alloc(100_000_000)));
    expect(bomb.length).toBeLessThan(100_000);
    const response = await post(bomb, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({
      message: expect.stringMatching(/inflates to more than 1000000 bytes/),
    });
  });

  it.each([
    ['is not gzip', () => new Uint8Array([1, 2, 3])],
    ['is cut off', () => new Uint8Array(gzipSync(encodeJson(request)).subarray(0, -9))],
  ])('answers 400 to gzip that %s', async (_what, body) => {
    const { post } = ingest();
    const response = await post(body(), { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/^The body is not valid gzip/) });
  });

  it('counts the inflated size of a body against the shared memory budget', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post } = ingest({ limits: { bytesInWork: 1_000_000 }, write: () => held });
    const first = post(encodeJson(request));
    const growing = new Uint8Array(gzipSync(Buffer.alloc(5_000_000, ' ')));
    expect(growing.length).toBeLessThan(10_000);
    const second = await post(growing, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    expect(second.status).toBe(503);
    release();
    expect((await first).status).toBe(200);
    const alone = await post(growing, { 'content-type': JSON_TYPE, 'content-encoding': 'gzip' });
    expect(alone.status).toBe(200);
  });

  it('answers 503 when the bodies in progress fill the memory budget, and recovers', async () => {
    let release = (): void => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { post } = ingest({ limits: { bytesInWork: 500 }, write: () => held });
    const body = encodeJson(aRequest(aSpan({ name: 'n'.repeat(200) })));
    const first = post(body);
    const second = await post(body);
    expect(second.status).toBe(503);
    expect(second.headers.get('retry-after')).not.toBeNull();
    release();
    expect((await first).status).toBe(200);
    expect((await post(body)).status).toBe(200);
  });
});

function streamOf(body: Uint8Array): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(body);
      controller.close();
    },
  });
}
