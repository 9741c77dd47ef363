import { gzipSync } from 'node:zlib';
import type { ObservationDetails } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan, decodeMessage, encodeJson, encodeProtobuf } from '../ingest/testing.js';
import { DEFAULT_LIMITS, type IngestLimits } from '../otlp/limits.js';
import { memoryStore } from '../store/memory.js';
import { appOver } from '../testing/app.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

function anApp(limits: Partial<IngestLimits> = {}) {
  const store = memoryStore();
  const lines: string[] = [];
  const app = appOver(store, {
    limits: { ...DEFAULT_LIMITS, ...limits },
    log: { info: (line) => lines.push(line), error: () => {} },
  });
  const post = (path: string, request: object) =>
    app.request(path, { method: 'POST', body: encodeJson(request), headers: { 'content-type': 'application/json' } });
  const observation = async () =>
    (await (await app.request(`/api/v1/traces/${TRACE}/observations/${SPAN}`)).json()) as ObservationDetails;
  return { app, post, observation, lines };
}

const text = (value: string) => ({ stringValue: value });
const object = (entries: Record<string, object>) => ({
  kvlistValue: { values: Object.entries(entries).map(([key, value]) => ({ key, value })) },
});

/** A log as openai-v2 for Python writes it: the name as an attribute, the message as the body. */
const aLog = (name: string, body: object | undefined, say: object = {}) => ({
  ...{ traceId: TRACE, spanId: SPAN, timeUnixNano: '1730000000000000000' },
  ...{ attributes: [{ key: 'event.name', value: text(name) }], ...(body === undefined ? {} : { body }), ...say },
});
const logs = (...logRecords: object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

const chat = aRequest(aSpan({ name: 'chat m', attributes: [{ key: 'gen_ai.operation.name', value: text('chat') }] }));
const question = aLog('gen_ai.user.message', object({ content: text('Where?') }));
const answer = aLog(
  'gen_ai.choice',
  object({ index: { intValue: '0' }, message: object({ role: text('assistant'), content: text('Here.') }) }),
  { timeUnixNano: '1730000000500000000' },
);
const words = {
  inputMessages: [{ role: 'user', parts: [{ type: 'text', text: 'Where?' }] }],
  outputMessages: [{ role: 'assistant', parts: [{ type: 'text', text: 'Here.' }] }],
};

describe('OTLP logs', () => {
  it.each(['/v1/logs', '/api/public/otel/v1/logs', '/api/otel/v1/logs'])(
    'give a model call its words: POST %s',
    async (path) => {
      const { post, observation } = anApp();
      await post('/v1/traces', chat);
      expect((await post(path, logs(question, answer))).status).toBe(200);
      expect(await observation()).toMatchObject(words);
    },
  );

  it('may come before their span, and in protobuf', async () => {
    const { app, post, observation } = anApp();
    const response = await app.request('/v1/logs', {
      method: 'POST',
      body: new Uint8Array(gzipSync(encodeProtobuf(logs(answer, question)))),
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'gzip' },
    });
    expect(response.status).toBe(200);
    await post('/v1/traces', chat);
    expect(await observation()).toMatchObject(words);
  });

  it('read the same, in whatever order, grouping and number they and their span come', async () => {
    const call = object({ role: text('assistant'), content: text('Let me see.') });
    const requests = [
      ...[question, answer, aLog('gen_ai.system.message', object({ content: text('Be brief.') }))],
      aLog('gen_ai.choice', object({ message: call }), { timeUnixNano: '1730000000400000000' }),
    ].map((log) => ['/v1/logs', logs(log)] as const);
    const all = [...requests, ['/v1/traces', chat] as const];
    const expected = anApp();
    for (const [path, request] of all) await expected.post(path, request);
    const whole = await expected.observation();
    const deliveries = fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 });
    await fc.assert(
      fc.asyncProperty(deliveries, async (delivered) => {
        const { post, observation } = anApp();
        for (const [path, request] of delivered) await post(path, request);
        expect(await observation()).toEqual(whole);
      }),
      { numRuns: 30 },
    );
  });

  it('may hold all words of a call in one event, named in its own field, as attributes or in the body', async () => {
    const [input, output] = ['Where?', 'Here.'].map((said, index) =>
      text(JSON.stringify([{ role: index === 0 ? 'user' : 'assistant', parts: [{ type: 'text', content: said }] }])),
    );
    const parts = { 'gen_ai.input.messages': input ?? {}, 'gen_ai.output.messages': output ?? {} };
    const eventName = 'gen_ai.client.inference.operation.details';
    const attributes = Object.entries(parts).map(([key, value]) => ({ key, value }));
    for (const say of [
      { eventName, attributes },
      { eventName, attributes: [], body: object(parts) },
    ]) {
      const { post, observation } = anApp();
      await post('/v1/traces', chat);
      await post('/v1/logs', logs({ ...aLog('', undefined), ...say }));
      expect(await observation()).toMatchObject(words);
    }
  });

  it('keep words that were said twice while the clock stood still', async () => {
    const { post, observation } = anApp();
    await post('/v1/traces', chat);
    await post('/v1/logs', logs(question, aLog('gen_ai.assistant.message', object({ content: text('?') })), question));
    expect((await observation()).inputMessages?.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('do not take back what the span itself says', async () => {
    const { post, observation } = anApp();
    const own = { key: 'langfuse.observation.input', value: text('mine') };
    await post('/v1/traces', aRequest(aSpan({ attributes: [own] })));
    await post('/v1/logs', logs(question));
    expect(await observation()).toMatchObject({ input: 'mine' });
  });

  it('are counted where they hold no words, or name no span', async () => {
    const { app, post, lines } = anApp();
    const lost = { ...question, spanId: '' };
    const response = await post('/v1/logs', logs(question, lost, aLog('app.started', text('up')), { body: text('x') }));
    expect([response.status, await response.json()]).toEqual([200, {}]);
    await post('/v1/logs', logs(lost));
    const counts = await app.request('/api/v1/log-counts');
    expect(await counts.json()).toEqual({ joined: 1, withoutSpan: 2, others: 2 });
    expect(lines).toHaveLength(2);
  });

  it('have the limits and the partial success of traces', async () => {
    const { app, post } = anApp({ spans: 2 });
    expect((await post('/v1/logs', logs(question, question, question))).status).toBe(413);
    const response = await app.request('/v1/logs', {
      method: 'POST',
      body: encodeProtobuf(logs({ ...question, traceId: 'abcd' }, question)),
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect(decodeMessage('ExportLogsServiceResponse', new Uint8Array(await response.arrayBuffer()))).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage: '1 log record was rejected: trace id must be 16 bytes (32 hex digits) or empty, got 4 characters',
      },
    });
    expect((await app.request('/v1/logs')).status).toBe(405);
  });
});
