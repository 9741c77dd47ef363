import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sqliteStore } from '../store/sqlite/index.js';
import { appOver } from '../testing/app.js';
import { temporaryFolder } from '../testing/temporary-folder.js';
import { aRequest, aSpan, encodeJson } from './testing.js';

const TRACE = '0af7651916cd43dd8448eb211c80319c';

function server() {
  const store = sqliteStore(`${temporaryFolder()}/traces.db`);
  const errors: string[] = [];
  const app = appOver(store, {
    log: { info: () => {}, error: (message, cause) => errors.push(`${message}: ${cause}`) },
  });
  const send = (...spans: object[]) =>
    app.request('/v1/traces', {
      method: 'POST',
      body: encodeJson(aRequest(...spans)),
      headers: { 'content-type': 'application/json' },
    });
  /** What each route that shows the session `s` and the trace answers. */
  const statuses = async () => {
    const paths = [
      '/api/v1/sessions',
      '/api/v1/sessions/s/replay',
      `/api/v1/traces/${TRACE}/observations/b7ad6b7169203331`,
      '/api/public/sessions',
      '/api/public/sessions/s',
      '/api/public/traces?sessionId=s',
      `/api/public/traces/${TRACE}`,
      '/api/public/observations?sessionId=s',
    ];
    return Promise.all(paths.map(async (path) => (await app.request(path)).status));
  };
  return { app, send, statuses, errors, close: () => store.close() };
}

const inSession = { key: 'session.id', value: { stringValue: 's' } };

const NUMBERS = [
  { doubleValue: 1e308 },
  { doubleValue: -1e308 },
  { doubleValue: 'NaN' },
  { doubleValue: 'Infinity' },
  { doubleValue: 9e15 },
  { doubleValue: 5e-324 },
  { intValue: '9223372036854775807' },
  { intValue: '-9223372036854775808' },
  { stringValue: '1e300' },
  { stringValue: '"+275760-09-13T00:00:00.000Z"' },
  { stringValue: '{"input":1e308,"output":-1e308,"total":9007199254740993,"a":"1e308"}' },
];
const KEYS = [
  'langfuse.observation.usage_details',
  'langfuse.observation.cost_details',
  'langfuse.observation.completion_start_time',
  'langfuse.observation.model.parameters',
  'langfuse.observation.prompt.version',
  'langfuse.observation.prompt.name',
  'ai.response.msToFirstChunk',
  'ai.usage.promptTokens',
  'ai.usage.completionTokens',
  'gen_ai.response.time_to_first_chunk',
  'gen_ai.usage.input_tokens',
  'gen_ai.usage.output_tokens',
  'gen_ai.usage.cost',
  'gen_ai.request.temperature',
  'llm.token_count.prompt',
  'llm.token_count.total',
  'llm.cost.total',
  'llm.cost.prompt',
  'retrieval.documents.0.document.score',
  'langfuse.trace.metadata.n',
];
const TIMES = ['0', '1', '1730000000000000000', '18446744073709551615'];

it('accepts and shows every number and time that a span may have', async () => {
  const { send, statuses, errors, close } = server();
  const attribute = fc.record({ key: fc.constantFrom(...KEYS), value: fc.constantFrom(...NUMBERS) });
  const span = fc.record({
    startTimeUnixNano: fc.constantFrom(...TIMES),
    endTimeUnixNano: fc.constantFrom(...TIMES),
    events: fc.array(fc.record({ name: fc.constant('e'), timeUnixNano: fc.constantFrom(...TIMES) }), { maxLength: 2 }),
    attributes: fc.array(attribute, { maxLength: 12 }).map((attributes) => [...attributes, inSession]),
    spanId: fc.constantFrom('b7ad6b7169203331', 'b7ad6b7169203332'),
  });
  await send(aSpan({ attributes: [inSession] }));
  await fc.assert(
    fc.asyncProperty(span, async (say) => {
      const response = await send(aSpan(say));
      expect([response.status, await response.json()]).toEqual([200, {}]);
      expect(new Set(await statuses())).toEqual(new Set([200]));
    }),
    { numRuns: 150 },
  );
  expect(errors).toEqual([]);
  await close();
});

it('handles a session with costs in millionths, and one with huge token counts', async () => {
  const { app, send, statuses, close } = server();
  const cost = { key: 'llm.cost.total', value: { doubleValue: 1_500_000_000 } };
  const usage = Object.fromEntries(Array.from({ length: 10_000 }, (_, i) => [`input_${i}`, 1e12]));
  const details = { key: 'langfuse.observation.usage_details', value: { stringValue: JSON.stringify(usage) } };
  for (let call = 0; call < 3; call++) {
    const spans = Array.from({ length: 4 }, (_, i) =>
      aSpan({ spanId: (call * 4 + i + 1).toString(16).padStart(16, '0'), attributes: [inSession, cost, details] }),
    );
    expect((await send(...spans, aSpan({ attributes: [inSession] }))).status).toBe(200);
    expect(new Set(await statuses())).toEqual(new Set([200]));
  }
  const { data } = JSON.parse(await (await app.request('/api/v1/sessions')).text());
  const most = Number.MAX_SAFE_INTEGER;
  expect(data).toMatchObject([{ observationCount: 13, inputTokens: most, totalTokens: most, totalCost: most / 1e9 }]);
  await close();
});

it('pages through sessions with ids of any length, equal ids as one session', async () => {
  const { app, send, close } = server();
  const id = 'x'.repeat(100_000);
  const spans = [id, id, `${id}!`, 'short'].map((stringValue, i) =>
    aSpan({ traceId: (i + 1).toString().repeat(32), attributes: [{ key: 'session.id', value: { stringValue } }] }),
  );
  const warned: { partialSuccess?: object } = JSON.parse(await (await send(...spans)).text());
  expect(warned.partialSuccess).toEqual({
    rejectedSpans: '0',
    errorMessage:
      'Cut or left out of spans that were stored: 3 session ids (1024 characters are kept, with a hash of all; send shorter ones)',
  });
  const seen: { id: string; traceCount: number }[] = [];
  let cursor = '';
  do {
    const answer = await app.request(`/api/v1/sessions?limit=1${cursor && `&cursor=${cursor}`}`);
    const page: { data: typeof seen; nextCursor: string | null } = JSON.parse(await answer.text());
    seen.push(...page.data);
    cursor = page.nextCursor ?? '';
    expect(cursor.length).toBeLessThan(4_096);
  } while (cursor !== '');
  expect(seen.map(({ traceCount }) => traceCount).sort()).toEqual([1, 1, 2]);
  for (const session of seen) {
    expect(session.id.length).toBeLessThanOrEqual(1_024);
    expect((await app.request(`/api/v1/sessions/${encodeURIComponent(session.id)}/replay`)).status).toBe(200);
  }
  await close();
});
