import { Validator } from '@seriousme/openapi-schema-validator';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { Changes } from '../live/changes.js';
import { normalise } from '../normalise/index.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { clientReports } from '../read/answers/client-reports.js';
import { observationDetails } from '../read/answers/observation.js';
import { replayDocument } from '../read/answers/replay.js';
import { sessionPage } from '../read/answers/sessions.js';
import {
  observationsAnswer,
  sessionAnswer,
  sessionsAnswer,
  traceAnswer,
  tracesAnswer,
} from '../read/langfuse/schemas.js';
import { memoryStore } from '../store/memory.js';
import { anObservation, spanId, traceId } from '../store/testing.js';
import { quietLog } from '../testing/quiet-log.js';
import { signedIn } from '../testing/signed-in.js';
import { createRoutes } from './routes.js';

const VIEWS = ['/', '/*', '/session', '/session/', '/sessions', '/sessions/*'];

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
  const app = createRoutes({
    ...{ writer: store, reader: store, changes: new Changes(), normalise, limits: DEFAULT_LIMITS },
    ...{ log: quietLog, page: new Map(), version: '1.2.3' },
  });
  return { app, store };
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
    const all = routes()
      .app.routes.filter(({ method, path }) => method !== 'ALL' && !VIEWS.includes(path))
      .map(({ method, path }) => `${method} ${path.replace(/:(\w+)(\{[^}]*\})?/g, '{$1}')}`);
    expect([...new Set(documented)].sort()).toEqual([...new Set(all)].sort());
    expect(documented).toContain('POST /v1/traces');
    expect(documented).toContain('GET /api/v1/sessions/{id}/replay');
  });

  it('describes the fields of a query as a client gives them', async () => {
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

describe('what the OpenAPI document says of an answer', () => {
  const message = [{ role: 'user', content: 'Hi' }];
  const answer = {
    role: 'assistant',
    content: null,
    tool_calls: [{ id: 'c', type: 'function', function: { name: 'search', arguments: '{"q":1}' } }],
  };

  it.each([
    ['/api/v1/sessions', sessionPage],
    ['/api/v1/sessions/s/replay', replayDocument],
    [`/api/v1/traces/${traceId(1)}/observations/${spanId(1)}`, observationDetails],
    [`/api/v1/traces/${traceId(1)}/observations/${spanId(2)}`, observationDetails],
    ['/api/v1/client-reports', clientReports],
    ['/api/public/sessions', sessionsAnswer],
    ['/api/public/sessions/s', sessionAnswer],
    ['/api/public/traces', tracesAnswer],
    ['/api/public/traces?fields=core', tracesAnswer],
    [`/api/public/traces/${traceId(1)}`, traceAnswer],
    ['/api/public/observations?sessionId=s', observationsAnswer],
  ])('of %s is all of it', async (path, schema) => {
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
    const body = await (await api.request(path)).json();
    // Parsing leaves out what the schema does not name.
    expect(v.parse(schema as v.GenericSchema, body)).toEqual(body);
  });
});

describe('a principal', () => {
  it('without rights reaches nothing that is stored', async () => {
    const { app } = routes();
    const api = signedIn(app, { projectId: 'default', rights: new Set() });
    const { paths } = await document();
    for (const [path, operations] of Object.entries(paths)) {
      for (const [method, { security }] of Object.entries(operations)) {
        const { status } = await api.request(`${path.replace(/\{\w+\}/g, 'x')}?id=x`, { method: method.toUpperCase() });
        const isOpen = security !== undefined || path === '/api/openapi.json';
        const isUnsupported = /\/(media|ingestion)\b/.test(path);
        if (path === '/v1/traces' || path.endsWith('/otel/v1/traces')) continue;
        expect(status, `${method} ${path}`).toBe(isOpen ? 200 : isUnsupported ? 404 : 403);
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

  it('reads and writes its own project only', async () => {
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
});
