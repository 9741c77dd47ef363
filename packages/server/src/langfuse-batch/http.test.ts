import { gzipSync } from 'node:zlib';
import type { ReplayDocument } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AppDeps } from '../http/app.js';
import { DEFAULT_LIMITS, type IngestLimits } from '../otlp/limits.js';
import { estimateCosts, readOverrides } from '../prices/index.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';

function anApp(limits: Partial<IngestLimits> = {}, also: Partial<AppDeps> = {}) {
  const store = memoryStore();
  const app = appOver(store, {
    limits: { ...DEFAULT_LIMITS, ...limits },
    ...also,
  });
  const post = (body: object | string, headers: Record<string, string> = {}) =>
    app.request('/api/public/ingestion', {
      method: 'POST',
      body: typeof body === 'string' ? body : JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  const get = async <T>(path: string) => (await (await app.request(path)).json()) as T;
  return { app, post, get };
}

const AT = '2026-11-28T11:05:54.377Z';
const TRACE = '934af654-002f-46e2-9a46-5741a8fb1cec';
const GENERATION = '096a186e-34ea-45d9-aeba-1f7bbd469087';

let ids = 0;
function anEvent(type: string, body: object, timestamp = AT) {
  ids += 1;
  return { id: `event-${ids}`, type, timestamp, body };
}

/** What the SDK for JavaScript sends of one turn: updates before what they update, all of one millisecond. */
const turn = () => [
  anEvent('trace-create', {
    ...{ id: TRACE, timestamp: '2026-11-28T11:05:54.285Z', name: 'turn', sessionId: 'sess', userId: 'user-7' },
    ...{ tags: ['alpha', 'beta'], input: 'What is the capital of France?', release: 'r1', version: 'v1' },
  }),
  anEvent('generation-update', {
    ...{ id: GENERATION, traceId: TRACE, output: 'Paris', endTime: '2026-11-28T11:05:54.900Z' },
    usage: { promptTokens: 100, completionTokens: 20 },
  }),
  anEvent('trace-create', { id: TRACE, timestamp: '2026-11-28T11:05:54.300Z', output: 'Paris' }),
  anEvent('generation-create', {
    ...{ id: GENERATION, traceId: TRACE, parentObservationId: null, name: 'gen', model: 'gpt-4o-mini' },
    ...{ startTime: '2026-11-28T11:05:54.300Z', modelParameters: { temperature: 0.5 }, level: 'WARNING' },
    ...{ input: [{ role: 'user', content: 'What is the capital of France?' }], statusMessage: 'slow' },
  }),
];

interface Batch {
  readonly successes: readonly { readonly id: string; readonly status: number }[];
  readonly errors: readonly { readonly id: string; readonly status: number; readonly error: string }[];
}

describe("a batch of Langfuse's older SDKs", () => {
  it('becomes a session with its question, its answer and its tokens', async () => {
    const { post, get } = anApp();
    const events = turn();
    const response = await post({ batch: events, metadata: { sdk_name: 'langfuse-js' } });
    expect(response.status).toBe(207);
    expect(await response.json()).toEqual({ successes: events.map(({ id }) => ({ id, status: 201 })), errors: [] });
    const replay = await get<ReplayDocument>('/api/v1/sessions/sess/replay');
    expect(replay.session).toMatchObject({ userIds: ['user-7'], tags: ['alpha', 'beta'], totalTokens: 120 });
    expect(replay.traces).toMatchObject([{ name: 'turn', release: 'r1', version: 'v1' }]);
    expect(replay.observations).toMatchObject([
      { name: 'turn', parentId: null },
      { name: 'gen', type: 'generation', model: 'gpt-4o-mini', level: 'WARNING', statusMessage: 'slow', depth: 1 },
    ]);
    expect(replay.turns.flatMap(({ messages }) => messages.map(({ role, parts }) => [role, parts]))).toEqual([
      ['user', [{ type: 'text', text: 'What is the capital of France?' }]],
      ['assistant', [{ type: 'text', text: 'Paris' }]],
    ]);
  });

  it('gets an estimated cost for a model call, also when its model and its tokens come apart, and keeps one that was sent', async () => {
    const prices = readOverrides('{ "gpt-4o-mini": { "input": 1, "output": 2 } }', 'prices.json');
    const { post, get } = anApp({}, { withCost: estimateCosts(prices) });
    for (const event of turn()) await post({ batch: [event] });
    const { session } = await get<ReplayDocument>('/api/v1/sessions/sess/replay');
    expect(session).toMatchObject({ totalCost: 0.00014, costEstimated: true });
    await post({ batch: [anEvent('generation-update', { id: GENERATION, costDetails: { total: 0.5 } })] });
    const { session: sent } = await get<ReplayDocument>('/api/v1/sessions/sess/replay');
    expect(sent).toMatchObject({ totalCost: 0.5, costEstimated: false });
  });

  it('is found by the ids that the application gave, which are kept', async () => {
    const { post, get } = anApp();
    await post({ batch: turn() });
    const trace = await get<{ metadata: object; observations: { name: string; metadata: object }[] }>(
      `/api/public/traces/${TRACE}`,
    );
    expect(trace.metadata).toEqual({ 'langfuse.trace.id': TRACE });
    expect(trace.observations.find(({ name }) => name === 'gen')?.metadata).toEqual({
      'langfuse.observation.id': GENERATION,
    });
    expect(await get(`/api/v1/traces/${TRACE}/observations/${GENERATION}`)).toMatchObject({ name: 'gen' });
    expect(await get(`/api/public/observations?traceId=${TRACE}&type=GENERATION`)).toMatchObject({
      data: [{ name: 'gen' }],
    });
  });

  it('shows a turn of which only the trace was recorded', async () => {
    const { post, get } = anApp();
    const trace = { id: 'order 7', name: 'turn', sessionId: 'sess', input: 'Where?' };
    await post({
      batch: [anEvent('trace-create', trace), anEvent('trace-create', { id: 'order 7', output: 'Here.' })],
    });
    const { turns } = await get<ReplayDocument>('/api/v1/sessions/sess/replay');
    expect(turns).toMatchObject([{ running: false, messages: [{ role: 'user' }, { role: 'assistant' }] }]);
  });

  it('reads the same, in whatever order, grouping and number its events come', async () => {
    const events = [
      ...turn(),
      anEvent('span-update', { id: 'step', output: 'found' }, '2026-11-28T11:05:55Z'),
      anEvent('span-create', { id: 'step', traceId: TRACE, name: 'retrieve', startTime: AT }),
      anEvent('event-create', { id: 'note', traceId: TRACE, name: 'note', startTime: AT }),
    ];
    const expected = anApp();
    await expected.post({ batch: events });
    const whole = await expected.get<ReplayDocument>('/api/v1/sessions/sess/replay');
    const deliveries = fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.integer({ min: 1, max: 5 }), async (delivered, size) => {
        const { post, get } = anApp();
        for (let at = 0; at < delivered.length; at += size) await post({ batch: delivered.slice(at, at + size) });
        expect(unnumbered(await get('/api/v1/sessions/sess/replay'))).toEqual(unnumbered(whole));
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    [{ usage: { promptTokens: 100, completionTokens: 20, totalTokens: 120 } }, { input: 100, output: 20, total: 120 }],
    [{ usage: { input: 100, output: 20, unit: 'TOKENS', totalCost: 0.5 } }, { input: 100, output: 20, total: 120 }],
    [
      { usageDetails: { input: 60, output: 20, input_cached_tokens: 40 } },
      { input: 60, input_cached_tokens: 40, output: 20, total: 120 },
    ],
    [
      { usage: { input: 1 }, usageDetails: { input: 100, output: 20 } },
      { input: 100, output: 20, total: 120 },
    ],
  ])('counts tokens as any version of the SDKs says them: %j', async (said, expected) => {
    const { post, get } = anApp();
    await post({ batch: [anEvent('generation-create', { id: 'g', traceId: TRACE, startTime: AT, ...said })] });
    const { data } = await get<{ data: { usageDetails: object }[] }>(
      `/api/public/observations?traceId=${TRACE}&name=generation`,
    );
    expect(data[0]?.usageDetails).toEqual(expected);
  });

  it('names the event that cannot be meant, and takes the others', async () => {
    const { post, get } = anApp();
    const bad = [
      anEvent('span-create', { id: 'a', traceId: TRACE, startTime: 'yesterday' }),
      anEvent('trace-create', { id: TRACE, tags: 'alpha' }),
      anEvent('dance', {}),
      anEvent('generation-create', { id: 'b', traceId: TRACE, level: 'LOUD' }),
      { id: 'no time', type: 'trace-create', body: {} },
      'nothing',
    ];
    const response = await post({ batch: [...bad, ...turn(), anEvent('sdk-log', { log: 'x' })] });
    expect(response.status).toBe(207);
    const { successes, errors } = (await response.json()) as Batch;
    expect(successes).toHaveLength(5);
    expect(errors.map(({ status, error }) => `${status} ${error}`)).toEqual([
      '400 body.startTime must be an ISO 8601 time such as 2026-01-31T12:00:00Z.',
      '400 body.tags must be a list of strings.',
      expect.stringMatching(/^400 type "dance" is not known; send /),
      '400 body.level must be one of DEBUG, DEFAULT, WARNING, ERROR.',
      '400 event.timestamp is missing; send an ISO 8601 time.',
      '400 event must be a JSON object.',
    ]);
    expect(await get('/api/v1/sessions')).toMatchObject({ data: [{ id: 'sess' }] });
  });

  it('has the limits of OTLP', async () => {
    const { post } = anApp({ spans: 2, inflatedBytes: 5_000 });
    expect((await post({ batch: turn() })).status).toBe(413);
    const large = gzipSync(JSON.stringify({ batch: [anEvent('trace-create', { id: 'x', input: 'x'.repeat(9_000) })] }));
    const { app } = anApp({ inflatedBytes: 5_000 });
    const response = await app.request('/api/public/ingestion', {
      method: 'POST',
      body: new Uint8Array(large),
      headers: { 'content-encoding': 'gzip' },
    });
    expect(response.status).toBe(413);
    expect((await post('{')).status).toBe(400);
    expect(await (await post({ events: [] })).json()).toEqual({
      message: 'batch is missing; send { "batch": [ … ] }.',
    });
  });
});

/** Without what tells how often and when a session was written and read. */
function unnumbered({ session, ...rest }: ReplayDocument): ReplayDocument {
  return { ...rest, revision: 0, asOfMs: 0, session: { ...session, revision: 0 } };
}
