import { LangfuseClient } from '@langfuse/client';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import * as langfuse from '@langfuse/tracing';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ServerProcess, startServer } from '../support/server-process.js';

const keys = { publicKey: 'pk-lf-local', secretKey: 'sk-lf-local' };

let server: ServerProcess;
let api: LangfuseClient['api'];

/** Three turns of two sessions, each of a span, a generation and a tool; the tool of the last turn failed. */
beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await startServer();
  api = new LangfuseClient({ baseUrl: server.url, ...keys }).api;
  const provider = new BasicTracerProvider({
    spanProcessors: [new LangfuseSpanProcessor({ baseUrl: server.url, ...keys })],
  });
  langfuse.setLangfuseTracerProvider(provider);
  for (const turn of [1, 2, 3]) {
    const who = turn === 3 ? { sessionId: 'of bob', userId: 'bob' } : { sessionId: 'of ada', userId: 'ada' };
    await langfuse.propagateAttributes({ ...who, tags: ['docs', `turn-${turn}`], metadata: { plan: 'pro' } }, () =>
      langfuse.startActiveObservation(`turn ${turn}`, async (span) => {
        span.update({ input: { question: `Why ${turn}?` }, output: 'Because.' });
        langfuse
          .startObservation(
            'answer',
            { model: 'gpt-4o', input: [{ role: 'user', content: 'Why?' }], usageDetails: { input: 7, output: 2 } },
            { asType: 'generation' },
          )
          .end();
        const level = turn === 3 ? 'ERROR' : 'DEFAULT';
        langfuse.startObservation('search', { level, metadata: { shard: turn } }, { asType: 'tool' }).end();
      }),
    );
  }
  await provider.shutdown();
});

afterAll(async () => {
  context.disable();
  await server?.stop();
});

const filterOf = (...conditions: object[]) => JSON.stringify(conditions);
const traceOf = async (turn: number) => (await api.trace.list({ tags: `turn-${turn}` })).data[0]?.id ?? '';

describe('the API client of the Langfuse SDK for JavaScript, version 5', () => {
  it('lists sessions and reads one with its traces', async () => {
    const { data } = await api.sessions.list({});
    expect(data.map(({ id }) => id)).toEqual(['of bob', 'of ada']);
    const session = await api.sessions.get('of ada');
    expect(session.traces.map(({ name }) => name).toSorted()).toEqual(['turn 1', 'turn 2']);
  });

  it('is told what to use for metrics and models, which this server has under other paths', async () => {
    const message = (use: string) => ({ statusCode: 404, body: { message: expect.stringContaining(use) } });
    await expect(api.metrics.metrics({ query: '{}' })).rejects.toMatchObject(message('GET /api/v1/overview'));
    await expect(api.models.list({})).rejects.toMatchObject(message('--prices'));
  });

  it('lists the traces that meet a filter', async () => {
    const names = async (...conditions: object[]) =>
      (await api.trace.list({ filter: filterOf(...conditions), fields: 'core' })).data.map(({ name }) => name);
    const ofAda = { type: 'string', column: 'userId', operator: '=', value: 'ada' };
    expect(await names(ofAda)).toEqual(['turn 2', 'turn 1']);
    expect(await names(ofAda, { type: 'arrayOptions', column: 'tags', operator: 'all of', value: ['turn-1'] })).toEqual(
      ['turn 1'],
    );
    expect(await names({ type: 'number', column: 'errorCount', operator: '>', value: 0 })).toEqual(['turn 3']);
    expect(
      await names({ type: 'stringObject', column: 'metadata', key: 'plan', operator: '=', value: 'pro' }),
    ).toHaveLength(3);
  });

  it('reads observations by a cursor, whole and once, with the groups that it asks for', async () => {
    const found: { id: string; name?: string | null; startTime: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await api.observations.getMany({ limit: 4, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.data);
      cursor = page.meta.cursor;
    } while (cursor !== undefined);
    expect(new Set(found.map(({ id }) => id)).size).toBe(9);
    const starts = found.map(({ startTime }) => startTime);
    expect(starts).toEqual(starts.toSorted().reverse());

    const { data } = await api.observations.getMany({
      ...{ sessionId: 'of ada', type: 'GENERATION', fields: 'basic,io,model,usage,metrics,trace_context' },
      isRootObservation: false,
    });
    expect(data).toHaveLength(2);
    expect(data[0]).toMatchObject({
      ...{ name: 'answer', sessionId: 'of ada', userId: 'ada', model: 'gpt-4o', traceName: 'turn 2' },
      ...{ input: '[{"role":"user","content":"Why?"}]', usageDetails: { input: 7, output: 2 } },
      latency: expect.any(Number),
    });
  });

  it('reads the observations that meet a filter, in both versions, and one by its id', async () => {
    const filter = filterOf(
      { type: 'stringOptions', column: 'type', operator: 'any of', value: ['TOOL'] },
      { type: 'number', column: 'latency', operator: '>=', value: 0 },
      { type: 'string', column: 'level', operator: '=', value: 'ERROR' },
    );
    const { data } = await api.observations.getMany({ filter });
    expect(data).toMatchObject([{ name: 'search', sessionId: 'of bob', level: 'ERROR' }]);
    const before = await api.legacy.observationsV1.getMany({ filter });
    expect(before).toMatchObject({ data: [{ id: data[0]?.id, level: 'ERROR' }], meta: { totalItems: 1 } });
    const one = await api.legacy.observationsV1.get(data[0]?.id ?? '');
    expect(one).toMatchObject({ name: 'search', type: 'TOOL', metadata: { shard: 3 } });
  });

  it('writes a score, reads it beside its trace, and deletes it', async () => {
    const traceId = await traceOf(1);
    const { id } = await api.scores.create({ traceId, name: 'helpful', value: 1, dataType: 'BOOLEAN' });
    expect((await api.scores.getMany({ traceId })).data).toMatchObject([{ id, name: 'helpful', value: 1 }]);
    expect(await api.scores.getById(id)).toMatchObject({ traceId, dataType: 'BOOLEAN' });
    expect((await api.trace.get(traceId)).scores).toMatchObject([{ id, name: 'helpful' }]);
    const newest = await api.scoresV3.getManyV3({ traceId, dataType: 'BOOLEAN', value: 'true', fields: 'subject' });
    expect(newest.data).toMatchObject([{ id, value: true, subject: { kind: 'trace', id: traceId } }]);
    const ofAda = { userId: 'ada', traceTags: ['docs', 'turn-1'], source: 'API' as const, operator: '>=', value: 1 };
    expect((await api.scores.getMany(ofAda)).data).toMatchObject([{ id, trace: { userId: 'ada' } }]);
    expect((await api.scores.getMany({ ...ofAda, userId: 'bob' })).data).toEqual([]);
    await api.legacy.scoreV1.delete(id);
    expect((await api.scores.getMany({ traceId })).data).toEqual([]);
  });

  it('deletes one trace, and several, and nothing else', async () => {
    const [first, second, third] = [await traceOf(1), await traceOf(2), await traceOf(3)];
    expect(await api.trace.delete(first)).toEqual({ message: 'Trace deleted successfully' });
    expect((await api.sessions.get('of ada')).traces.map(({ id }) => id)).toEqual([second]);
    expect(await api.trace.deleteMultiple({ traceIds: [second, first] })).toEqual({
      message: 'Traces deleted successfully',
    });
    await expect(api.trace.get(second)).rejects.toMatchObject({ statusCode: 404 });
    await expect(api.sessions.get('of ada')).rejects.toMatchObject({ statusCode: 404 });
    expect((await api.observations.getMany({ traceId: second })).data).toEqual([]);
    expect((await api.observations.getMany({ traceId: third })).data).toHaveLength(3);
  });
});
