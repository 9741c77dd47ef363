import type { Hono } from 'hono';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Observation } from '../../observation/observation.js';
import type { ServerEnv } from '../../routes/principal.js';
import { memoryStore } from '../../store/memory.js';
import { anObservation, spanId, traceId } from '../../store/testing.js';
import { signedIn } from '../../testing/signed-in.js';
import { createReadApi } from '../index.js';

/** 2026-05-04T10:00:00Z */
const TEN = Date.UTC(2026, 4, 4, 10);

let api: Hono<ServerEnv>;
let write: (...batch: Observation[]) => Promise<void>;

beforeEach(() => {
  const store = memoryStore();
  api = signedIn(createReadApi({ reader: store }));
  write = (...batch) => store.write('default', batch);
});

/** A trace of a root and a generation, in session `chat` unless said otherwise. */
function aTrace(number: number, trace: Observation['trace'] = {}): Observation[] {
  const startMs = TEN + number * 60_000;
  return [
    anObservation({
      traceId: traceId(number),
      id: spanId(1),
      name: 'turn',
      startMs,
      endMs: startMs + 1500,
      body: { input: '{"query":"What?"}', output: 'That.' },
      trace: { sessionId: 'chat', ...trace },
    }),
    anObservation({
      traceId: traceId(number),
      id: spanId(2),
      parentId: spanId(1),
      type: 'generation',
      name: 'answer',
      startMs: startMs + 100,
      endMs: startMs + 1100,
      firstTokenMs: startMs + 350,
      model: 'gpt-4o',
      usage: { input: 10, output: 5, total: 15 },
      cost: { input: 0.001, output: 0.002, total: 0.003 },
      prompt: { name: 'qa', version: 3 },
    }),
  ];
}

async function get(path: string): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await api.request(path);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

describe('sessions', () => {
  it('are listed latest created first, in pages that say how many there are', async () => {
    for (const number of [1, 2, 3]) await write(...aTrace(number, { sessionId: `chat-${number}` }));
    expect((await get('/api/public/sessions?limit=2')).body).toEqual({
      data: [
        { id: 'chat-3', createdAt: '2026-05-04T10:03:00.000Z', projectId: 'default', environment: 'default' },
        { id: 'chat-2', createdAt: '2026-05-04T10:02:00.000Z', projectId: 'default', environment: 'default' },
      ],
      meta: { page: 1, limit: 2, totalItems: 3, totalPages: 2 },
    });
    const { data } = (await get('/api/public/sessions?limit=2&page=2')).body as { data: { id: string }[] };
    expect(data.map(({ id }) => id)).toEqual(['chat-1']);
  });

  it('can be narrowed by time and environment', async () => {
    await write(...aTrace(1, { sessionId: 'early' }));
    await write(...aTrace(2, { sessionId: 'late', environment: 'staging' }));
    const ids = async (query: string) =>
      ((await get(`/api/public/sessions?${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await ids('fromTimestamp=2026-05-04T10:02:00Z')).toEqual(['late']);
    expect(await ids('toTimestamp=2026-05-04T12:02:00%2B02:00')).toEqual(['early']);
    expect(await ids('environment=staging')).toEqual(['late']);
  });

  it('show their traces, with any characters in the id', async () => {
    await write(...aTrace(1, { sessionId: 'käse/1 %2F?#' }));
    const { status, body } = await get(`/api/public/sessions/${encodeURIComponent('käse/1 %2F?#')}`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: 'käse/1 %2F?#', traces: [{ id: traceId(1), sessionId: 'käse/1 %2F?#' }] });
  });

  it('that do not exist are a 404 with a message', async () => {
    expect(await get('/api/public/sessions/nope')).toEqual({
      status: 404,
      body: { message: 'There is no session "nope".' },
    });
  });
});

describe('the filter of traces', () => {
  const found = async (...conditions: object[]) => {
    const { status, body } = await get(`/api/public/traces?filter=${encodeURIComponent(JSON.stringify(conditions))}`);
    return status === 200 ? (body.data as { id: string }[]).map(({ id }) => Number.parseInt(id, 16)) : body.message;
  };
  beforeEach(async () => {
    await write(...aTrace(1, { userId: 'ada', tags: ['a', 'b'], name: 'ask', metadata: { plan: 'pro' } }));
    await write(...aTrace(2, { userId: 'bob', tags: ['b'], release: 'r2', sessionId: 'other' }));
  });

  it.each([
    [{ type: 'string', column: 'userId', operator: '=', value: 'ada' }, [1]],
    [{ type: 'stringOptions', column: 'userId', operator: 'any of', value: ['ada', 'bob'] }, [2, 1]],
    [{ type: 'string', column: 'sessionId', operator: '=', value: 'other' }, [2]],
    [{ type: 'string', column: 'release', operator: '=', value: 'r2' }, [2]],
    [{ type: 'arrayOptions', column: 'tags', operator: 'all of', value: ['a', 'b'] }, [1]],
    [{ type: 'arrayOptions', column: 'tags', operator: 'any of', value: ['a', 'b'] }, [2, 1]],
    [{ type: 'stringObject', column: 'metadata', key: 'plan', operator: '=', value: 'pro' }, [1]],
    [{ type: 'datetime', column: 'timestamp', operator: '>=', value: '2026-05-04T10:02:00Z' }, [2]],
    [{ type: 'string', column: 'id', operator: '=', value: traceId(1) }, [1]],
    [{ type: 'string', column: 'userId', operator: 'contains', value: 'd' }, [1]],
    [{ type: 'string', column: 'userId', operator: 'does not contain', value: 'd' }, [2]],
    [{ type: 'string', column: 'name', operator: 'starts with', value: 'as' }, [1]],
    [{ type: 'stringOptions', column: 'userId', operator: 'none of', value: ['ada'] }, [2]],
    [{ type: 'stringOptions', column: 'sessionId', operator: 'any of', value: ['other', 'chat'] }, [2, 1]],
    [{ type: 'arrayOptions', column: 'tags', operator: 'none of', value: ['a'] }, [2]],
    [{ type: 'null', column: 'release', operator: 'is null' }, [1]],
    [{ type: 'string', column: 'environment', operator: '=', value: 'default' }, [2, 1]],
    [{ type: 'stringObject', column: 'metadata', key: 'plan', operator: 'ends with', value: 'ro' }, [1]],
    [{ type: 'number', column: 'latency', operator: '=', value: 1.5 }, [2, 1]],
    [{ type: 'number', column: 'totalCost', operator: '>', value: 0.003 }, []],
    [{ type: 'number', column: 'totalTokens', operator: '>=', value: 15 }, [2, 1]],
    [{ type: 'number', column: 'errorCount', operator: '<', value: 1 }, [2, 1]],
  ])('%j finds %j', async (condition, numbers) => {
    expect(await found(condition)).toEqual(numbers);
  });

  it('needs all of its conditions, and stands instead of other fields', async () => {
    const [ada, tag] = [
      { type: 'string', column: 'userId', operator: '=', value: 'ada' },
      { type: 'arrayOptions', column: 'tags', operator: 'any of', value: ['b'] },
    ];
    expect(await found(ada, tag)).toEqual([1]);
    const { body } = await get(`/api/public/traces?userId=bob&filter=${encodeURIComponent(JSON.stringify([ada]))}`);
    expect(body.meta).toMatchObject({ totalItems: 1 });
  });

  it('refuses what it does not answer, rather than leaving it out', async () => {
    expect(await found({ type: 'string', column: 'colour', operator: '=', value: 'red' })).toMatch(
      /^filter has a condition that is not answered, .*colour.*; answered are id, name, timestamp, /,
    );
    const { status, body } = await get('/api/public/traces?filter=userId');
    expect([status, body.message]).toEqual([400, 'filter must be a JSON list of conditions, got "userId".']);
  });
});

describe('traces', () => {
  it('of a session come latest first, with the input and output of their root', async () => {
    await write(...aTrace(1), ...aTrace(2, { userId: 'ada', tags: ['b', 'a'] }), ...aTrace(3, { sessionId: 'other' }));
    const { body } = await get('/api/public/traces?sessionId=chat');
    expect(body.meta).toEqual({ page: 1, limit: 50, totalItems: 2, totalPages: 1 });
    expect(body.data).toMatchObject([{ id: traceId(2), userId: 'ada', tags: ['a', 'b'] }, { id: traceId(1) }]);
    expect((body.data as unknown[])[0]).toEqual({
      id: traceId(2),
      timestamp: '2026-05-04T10:02:00.000Z',
      name: 'turn',
      input: { query: 'What?' },
      output: 'That.',
      sessionId: 'chat',
      release: null,
      version: null,
      userId: 'ada',
      metadata: {},
      tags: ['a', 'b'],
      public: false,
      environment: 'default',
      htmlPath: `/sessions/chat?trace=${traceId(2)}`,
      latency: 1.5,
      totalCost: 0.003,
      observations: [spanId(1), spanId(2)],
      scores: [],
    });
  });

  it('show the input of the trace rather than that of its root', async () => {
    await write(...aTrace(1, { input: '"for the trace"' }));
    expect((await get(`/api/public/traces/${traceId(1)}`)).body).toMatchObject({
      input: 'for the trace',
      output: 'That.',
    });
  });

  it('leave out groups of fields that are not asked for, as the Langfuse API does', async () => {
    await write(...aTrace(1));
    const [core] = (await get('/api/public/traces?fields=core')).body.data as unknown[];
    expect(core).toMatchObject({
      input: null,
      output: null,
      metadata: null,
      latency: -1,
      totalCost: -1,
      observations: [],
    });
    const [metrics] = (await get('/api/public/traces?fields=core,metrics')).body.data as unknown[];
    expect(metrics).toMatchObject({ input: null, latency: 1.5, totalCost: 0.003, observations: [] });
  });

  it('can be ordered oldest first', async () => {
    await write(...aTrace(1), ...aTrace(2));
    const { data } = (await get('/api/public/traces?orderBy=timestamp.asc')).body;
    expect(data).toMatchObject([{ id: traceId(1) }, { id: traceId(2) }]);
  });

  it('need every tag that is asked for', async () => {
    await write(...aTrace(1, { tags: ['red'] }), ...aTrace(2, { tags: ['red', 'round'] }));
    expect((await get('/api/public/traces?tags=red&tags=round')).body.data).toMatchObject([{ id: traceId(2) }]);
  });

  it('come with their observations, in the units of the Langfuse API', async () => {
    await write(...aTrace(1));
    const { observations } = (await get(`/api/public/traces/${traceId(1)}`)).body as { observations: unknown[] };
    expect(observations).toHaveLength(2);
    expect(observations[1]).toEqual({
      id: spanId(2),
      traceId: traceId(1),
      type: 'GENERATION',
      name: 'answer',
      startTime: '2026-05-04T10:01:00.100Z',
      endTime: '2026-05-04T10:01:01.100Z',
      completionStartTime: '2026-05-04T10:01:00.350Z',
      model: 'gpt-4o',
      modelParameters: {},
      input: null,
      output: null,
      metadata: {},
      usage: { input: 10, output: 5, total: 15, unit: 'TOKENS' },
      usageDetails: { input: 10, output: 5, total: 15 },
      costDetails: { input: 0.001, output: 0.002, total: 0.003 },
      level: 'DEFAULT',
      statusMessage: null,
      parentObservationId: spanId(1),
      promptId: null,
      promptName: 'qa',
      promptVersion: 3,
      version: null,
      environment: 'default',
      modelId: null,
      inputPrice: null,
      outputPrice: null,
      totalPrice: null,
      calculatedInputCost: 0.001,
      calculatedOutputCost: 0.002,
      calculatedTotalCost: 0.003,
      latency: 1,
      timeToFirstToken: 0.25,
    });
  });

  it('show values that are nested too deep as text', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    await write(anObservation({ traceId: traceId(9), body: { input: deep } }));
    expect((await get(`/api/public/traces/${traceId(9)}`)).body.input).toBe(deep);
  });

  it('that do not exist are a 404 with a message', async () => {
    expect(await get('/api/public/traces/00')).toEqual({ status: 404, body: { message: 'There is no trace "00".' } });
  });
});

describe('observations', () => {
  it('of a trace come latest first, narrowed by type, name and level', async () => {
    await write(...aTrace(1), ...aTrace(2));
    const ids = async (query: string) =>
      ((await get(`/api/public/observations?${query}`)).body.data as { id: string }[]).map(({ id }) => id);
    expect(await ids(`traceId=${traceId(1)}`)).toEqual([spanId(2), spanId(1)]);
    expect(await ids(`traceId=${traceId(1)}&type=GENERATION`)).toEqual([spanId(2)]);
    expect(await ids(`traceId=${traceId(1)}&name=turn&level=DEFAULT`)).toEqual([spanId(1)]);
    expect(await ids(`traceId=${traceId(1)}&level=ERROR`)).toEqual([]);
    expect((await get('/api/public/observations?sessionId=chat&limit=3')).body.meta).toEqual({
      page: 1,
      limit: 3,
      totalItems: 4,
      totalPages: 2,
    });
  });
});

describe('an invalid query', () => {
  it.each([
    ['sessions?limit=101', 'limit must be a whole number from 1 to 100, got "101".'],
    ['sessions?limit=ten', 'limit must be a whole number from 1 to 100, got "ten".'],
    ['sessions?page=0', 'page must be a whole number from 1 up, got "0".'],
    [
      'sessions?fromTimestamp=yesterday',
      'fromTimestamp must be an ISO 8601 time such as 2026-01-31T12:00:00Z, got "yesterday".',
    ],
    ['traces?orderBy=name.asc', 'orderBy must be timestamp.desc or timestamp.asc, got "name.asc".'],
    ['traces?fields=core,prices', 'fields must be some of core, io, scores, observations, metrics, got "prices".'],
  ])('%s is a 400 that names the field and the fix', async (path, message) => {
    expect(await get(`/api/public/${path}`)).toEqual({ status: 400, body: { message } });
  });
});

describe('extreme values', () => {
  it('shows times outside the range of a Date', async () => {
    for (const firstTokenMs of [1e300, 9e15, -1e300]) {
      await write(...aTrace(1), anObservation({ traceId: traceId(1), id: spanId(9), firstTokenMs, endMs: 1e300 }));
      expect((await api.request(`/api/public/traces/${traceId(1)}`)).status).toBe(200);
      expect((await api.request('/api/public/traces?fields=core,io,metrics')).status).toBe(200);
      expect((await api.request(`/api/public/observations?traceId=${traceId(1)}`)).status).toBe(200);
    }
  });

  it.each(['tags', 'environment'])('names the limit to a query with too many %s', async (field) => {
    const values = Array.from({ length: 998 }, (_, i) => `${field}=v${i}`).join('&');
    const response = await api.request(`/api/public/traces?${values}`);
    expect(response.status).toBe(400);
    expect(JSON.stringify(await response.json())).toContain(
      `${field} takes at most 100 values, got 998; ask for fewer at a time.`,
    );
  });
});

describe('an answer', () => {
  it('stays within a bound however often a long history repeats, and says where all of a value is', async () => {
    const history = JSON.stringify([{ role: 'user', content: 'x'.repeat(1_000_000) }]);
    const calls = Array.from({ length: 60 }, (_, n) =>
      anObservation({
        ...{ traceId: traceId(1), id: spanId(n + 1), parentId: n === 0 ? null : spanId(1), startMs: 1_000 + n },
        ...{ type: 'generation', body: { input: history }, trace: { sessionId: 's' } },
      }),
    );
    await write(...calls);
    for (const path of [`traces/${traceId(1)}`, `observations?traceId=${traceId(1)}&limit=100`, 'sessions/s']) {
      const text = await (await api.request(`/api/public/${path}`)).text();
      expect(text.length).toBeLessThan(19_000_000);
    }
    const { body } = await get(`/api/public/traces/${traceId(1)}`);
    const [first, last] = [0, 59].map((n) => (body.observations as { input: unknown }[])[n]);
    expect(first?.input).toEqual(JSON.parse(history));
    expect(last?.input).toMatch(
      new RegExp(`… \\[${history.length} characters in all: GET /api/v1/traces/${traceId(1)}/observations/\\w+\\]$`),
    );
  });
});
