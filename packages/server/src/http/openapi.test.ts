import { createHash } from 'node:crypto';
import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { commentAnswer, commentsAnswer, scoreAnswer, scoresAnswer } from '../annotations/schemas.js';
import { Changes } from '../live/changes.js';
import { logCounts } from '../logs/http.js';
import { mediaAnswer } from '../media/http.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { clientReports } from '../read/answers/client-reports.js';
import { sessionExport } from '../read/answers/export.js';
import { observationDetails } from '../read/answers/observation.js';
import { replayDocument } from '../read/answers/replay.js';
import { sessionCount, sessionFacets, sessionNeighbours, sessionPage } from '../read/answers/sessions.js';
import {
  observationsAnswer,
  sessionAnswer,
  sessionsAnswer,
  traceAnswer,
  tracesAnswer,
} from '../read/langfuse/schemas.js';
import { mediaIdOf } from '../store/media.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { quietLog } from '../testing/quiet-log.js';
import { signedIn } from '../testing/signed-in.js';
import { createRoutes } from './routes.js';

const PICTURE = new Uint8Array(100).fill(7);
const PICTURE_ID = mediaIdOf(PICTURE);

const VIEWS = [
  '/',
  '/*',
  '/session',
  '/session/',
  '/sessions',
  '/sessions/*',
  '/overview',
  '/overview/',
  '/compare',
  '/compare/',
];

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: object;
}
interface OpenApi {
  readonly openapi: string;
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { readonly parameters?: Parameter[]; readonly security?: object[] }>>>
  >;
  readonly components: { readonly schemas: Readonly<Record<string, unknown>> };
}

function routes() {
  const store = memoryStore();
  const { signed, keyed: app } = createRoutes({
    ...{ writer: store, pieces: store, logEvents: store, annotations: store, media: store, reader: store },
    ...{ changes: new Changes(), normalise, limits: DEFAULT_LIMITS, deleteTraces: store.deleteTraces },
    ...{ log: quietLog, page: new Map(), version: '1.2.3' },
  });
  return { app, signed, store };
}

async function document(): Promise<OpenApi> {
  const response = await signedIn(routes().app).request('/api/openapi.json');
  expect(response.status).toBe(200);
  return (await response.json()) as OpenApi;
}

describe('the OpenAPI document', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate({ ...(await document()) });
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('has every route of the server except those of the page', async () => {
    const { paths } = await document();
    const documented = Object.entries(paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    const { app, signed } = routes();
    const all = [...signed.routes, ...app.routes]
      .filter(({ method, path }) => method !== 'ALL' && !VIEWS.includes(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    expect([...new Set(documented)].sort()).toEqual([...new Set(all)].sort());
    expect(documented).toContain('POST /v1/traces');
    expect(documented).toContain('GET /api/v1/sessions/{id}/replay');
  });

  it('gives every route the answer to an address that is too long', async () => {
    const { paths } = await document();
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    expect(operations.every((each) => '431' in Object(Reflect.get(each, 'responses')))).toBe(true);
  });

  it('describes the fields of a query as a client sends them', async () => {
    const { paths } = await document();
    const parameters = paths['/api/v1/sessions']?.get?.parameters ?? [];
    expect(parameters).toContainEqual({
      name: 'limit',
      in: 'query',
      description: 'Sessions on a page.',
      schema: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    });
    expect(parameters).toContainEqual({
      name: 'environment',
      in: 'query',
      description: 'Only sessions of these environments.',
      schema: { type: 'array', maxItems: 100, items: { type: 'string' } },
    });
    expect(paths['/api/public/session']?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'id', in: 'query', required: true }),
    );
    expect(paths['/api/v1/sessions/{id}/replay']?.get?.parameters).toContainEqual(
      expect.objectContaining({ name: 'id', in: 'path', required: true }),
    );
  });
});

describe('the schema of an answer', () => {
  const message = [{ role: 'user', content: 'Hi' }];
  const answer = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'search', arguments: '{"q":1}' } }],
  };

  it.each([
    ['/api/v1/sessions', sessionPage],
    ['/api/v1/session-count', sessionCount],
    ['/api/v1/session-facets', sessionFacets],
    ['/api/v1/sessions/s/neighbours', sessionNeighbours],
    ['/api/v1/sessions/s/replay', replayDocument],
    ['/api/v1/sessions/s/export', sessionExport],
    [`/api/v1/traces/${traceId(1)}/observations/${spanId(1)}`, observationDetails],
    [`/api/v1/traces/${traceId(1)}/observations/${spanId(2)}`, observationDetails],
    ['/api/v1/client-reports', clientReports],
    ['/api/public/sessions', sessionsAnswer],
    ['/api/public/sessions/s', sessionAnswer],
    ['/api/public/traces', tracesAnswer],
    ['/api/public/traces?fields=core', tracesAnswer],
    [`/api/public/traces/${traceId(1)}`, traceAnswer],
    ['/api/public/observations?sessionId=s', observationsAnswer],
    ['/api/public/scores', scoresAnswer],
    ['/api/v1/scores/score', scoreAnswer],
    ['/api/public/comments', commentsAnswer],
    ['/api/v1/comments/comment', commentAnswer],
    [`/api/public/media/${PICTURE_ID}`, mediaAnswer],
    ['/api/v1/log-counts', logCounts],
  ])('names every field of %s', async (path, schema) => {
    const { app, store } = routes();
    const api = signedIn(app);
    const headers = {
      'content-type': 'application/json',
      'x-powerrag-client-report': JSON.stringify({
        ...{ id: 'c', sdk: { name: 'n', version: '1' }, service: null, ended: 2, delivered: 1 },
        dropped: { queue_full: 1 },
      }),
    };
    await api.request('/v1/traces', { method: 'POST', headers, body: '{}' });
    await store.write('default', [
      anObservation({
        ...{ traceId: traceId(1), id: spanId(1), type: 'generation', model: 'm', modelParameters: { temperature: 1 } },
        ...{ usage: { input: 3, output: 2, total: 5 }, cost: { input: 1, output: 2, total: 3 } },
        prompt: { name: 'p', version: 2 },
        body: {
          input: JSON.stringify(message),
          output: JSON.stringify(answer),
          metadata: { plan: '{"steps":2}' },
          events: [{ name: 'e', timeMs: 1, attributes: { a: 1 } }],
        },
        trace: { sessionId: 's', userId: 'u', tags: ['t'], metadata: { m: 1 }, conversationIds: ['other'] },
      }),
      anObservation({ traceId: traceId(1), id: spanId(2), parentId: spanId(1), endMs: null, level: 'ERROR' }),
    ]);
    await api.request('/api/public/scores', {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ id: 'score', traceId: traceId(1), name: 'helpful', value: 0.5, metadata: { m: 1 } }),
    });
    await api.request('/api/public/comments', {
      ...{ method: 'POST', headers },
      body: JSON.stringify({ id: 'comment', objectType: 'TRACE', objectId: traceId(1), content: 'Well done' }),
    });
    await store.writeMedia('default', [{ id: PICTURE_ID, contentType: 'image/png', bytes: PICTURE }]);
    const body = await (await api.request(path)).json();
    // Parsing drops fields that the schema does not name.
    expect(v.parse(schema as v.GenericSchema, body)).toEqual(body);
  });
});

describe('a principal', () => {
  it('without rights can neither read nor write', async () => {
    const { app } = routes();
    const api = signedIn(app, { projectId: 'default', rights: new Set() });
    const { paths } = await document();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const { status } = await api.request(`${path.replace(/\{\w+\}/g, 'x')}?id=x`, { method: method.toUpperCase() });
        const isOpen = security !== undefined || path === '/api/openapi.json';
        if (/\/v1\/(traces|logs)$/.test(path) || path.includes('/upload/')) continue;
        expect(status, `${method} ${path}`).toBe(isOpen ? 200 : 403);
      }
    }
    const headers = { 'content-type': 'application/json' };
    const sent = await api.request('/v1/traces', { method: 'POST', headers, body: '{}' });
    expect(sent.status).toBe(403);
    expect(await sent.json()).toEqual({
      code: 7,
      message: 'These keys do not have the right to write; use keys that do.',
    });
  });

  it('reads and writes only its own project', async () => {
    const { app } = routes();
    const [mine, yours] = ['mine', 'yours'].map((projectId) =>
      signedIn(app, { projectId, rights: new Set(['read', 'write']) }),
    );
    const span = {
      ...{ traceId: traceId(1), spanId: spanId(1), name: 'work', startTimeUnixNano: '1', endTimeUnixNano: '2' },
      attributes: [{ key: 'session.id', value: { stringValue: 's' } }],
    };
    const sent = await mine?.request('/v1/traces', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] }),
    });
    expect(sent?.status).toBe(200);
    for (const path of ['/api/v1/sessions/s/replay', '/api/public/sessions/s', `/api/public/traces/${traceId(1)}`]) {
      expect((await mine?.request(path))?.status, path).toBe(200);
      expect((await yours?.request(path))?.status, path).toBe(404);
    }
    expect(await (await yours?.request('/api/public/projects'))?.json()).toMatchObject({ data: [{ id: 'yours' }] });
    expect(await (await mine?.request('/api/public/sessions/s'))?.json()).toMatchObject({ projectId: 'mine' });
  });

  it('reads and writes scores, comments, media and log counts only of its own project', async () => {
    const { app, signed } = routes();
    const [mine, yours] = ['mine', 'yours'].map((projectId) =>
      signedIn(app, { projectId, rights: new Set(['read', 'write']) }),
    );
    const post = async (path: string, body: object) => {
      const headers = { 'content-type': 'application/json' };
      const response = await mine?.request(path, { method: 'POST', headers, body: JSON.stringify(body) });
      return (await response?.json()) as Record<string, string>;
    };
    await post('/api/public/scores', { id: 'one', traceId: traceId(1), name: 'helpful', value: 1 });
    await post('/api/public/comments', { id: 'one', objectType: 'SESSION', objectId: 's', content: 'Well done' });
    await post('/api/public/ingestion', {
      batch: [{ id: 'e', type: 'trace-create', timestamp: '2026-01-31T12:00:00Z', body: { id: 'mine', name: 'turn' } }],
    });
    await post('/v1/logs', { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'up' } }] }] }] });
    const sha256Hash = createHash('sha256').update(PICTURE).digest('base64');
    const { uploadUrl = '' } = await post('/api/public/media', { contentType: 'image/png', sha256Hash });
    const asYours = uploadUrl.replace('project=mine', 'project=yours');
    expect((await signed.request(asYours, { method: 'PUT', body: PICTURE })).status).toBe(403);
    expect((await signed.request(uploadUrl, { method: 'PUT', body: PICTURE })).status).toBe(200);
    for (const path of [
      ...['/api/public/scores/one', '/api/public/comments/one', '/api/public/traces/mine'],
      ...[`/api/public/media/${PICTURE_ID}`, `/api/v1/media/${PICTURE_ID}`],
    ]) {
      expect((await mine?.request(path))?.status, path).toBe(200);
      expect((await yours?.request(path))?.status, path).toBe(404);
    }
    const found = await (await mine?.request(`/api/public/media/${PICTURE_ID}`))?.json();
    expect((await signed.request((found as { url: string }).url)).status).toBe(200);
    expect(await (await mine?.request('/api/v1/log-counts'))?.json()).toMatchObject({ others: 1 });
    expect(await (await yours?.request('/api/v1/log-counts'))?.json()).toMatchObject({ others: 0 });
  });
});
