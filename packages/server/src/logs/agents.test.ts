import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aRequest, aSpan } from '../ingest/testing.js';
import { anApp, SESSION } from './testing.js';

const value = (given: string | number | boolean) => {
  if (typeof given === 'string') return { stringValue: given };
  if (typeof given === 'boolean') return { boolValue: given };
  return Number.isInteger(given) ? { intValue: String(given) } : { doubleValue: given };
};
const attributes = (given: Readonly<Record<string, string | number | boolean>>) =>
  Object.entries(given).map(([key, held]) => ({ key, value: value(held) }));

let sequence = 0;
/** An event as Claude Code writes it: its name bare, and whole as the body. */
const event = (name: string, atMs: number, given: Readonly<Record<string, string | number | boolean>>) => ({
  timeUnixNano: String(1_790_000_000_000_000_000n + BigInt(atMs) * 1_000_000n),
  body: { stringValue: `claude_code.${name}` },
  attributes: attributes({
    ...{ 'event.name': name, 'event.sequence': ++sequence, 'session.id': SESSION, 'user.email': 'ann@example.com' },
    ...given,
  }),
});
const logs = (...logRecords: object[]) => ({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] });

const EVENTS = [
  event('user_prompt', 0, { 'prompt.id': 'p-1', prompt: 'Which files are here?', prompt_length: 21 }),
  event('api_request', 1_000, {
    ...{ 'prompt.id': 'p-1', request_id: 'req_1', model: 'claude-sonnet-4-5', duration_ms: 900 },
    ...{ input_tokens: 2, output_tokens: 20, cache_read_tokens: 90, cache_creation_tokens: 8, cost_usd: 0.25 },
  }),
  event('tool_result', 1_500, {
    ...{ 'prompt.id': 'p-1', tool_name: 'Bash', tool_use_id: 'toolu_1', success: 'true', duration_ms: 100 },
    ...{ tool_parameters: '{"bash_command":"ls"}', tool_result_size_bytes: 6 },
  }),
  event('api_request', 3_000, {
    ...{ 'prompt.id': 'p-1', request_id: 'req_2', model: 'claude-sonnet-4-5', duration_ms: 1_000 },
    ...{ input_tokens: 10, output_tokens: 5, cost_usd_micros: 500_000 },
  }),
  event('assistant_response', 3_001, { 'prompt.id': 'p-1', request_id: 'req_2', response: 'One: a.txt.' }),
  event('assistant_response', 3_500, {
    ...{ 'prompt.id': 'p-1', request_id: 'req_3', response: 'Files', query_source: 'generate_session_title' },
  }),
  event('user_prompt', 9_000, { 'prompt.id': 'p-2', prompt: '<REDACTED>' }),
  event('api_error', 9_900, { 'prompt.id': 'p-2', request_id: 'req_4', error: 'Overloaded', status_code: '529' }),
];

const SPAN = aRequest(
  aSpan({
    name: 'claude_code.interaction',
    attributes: attributes({
      ...{ 'session.id': SESSION, 'span.type': 'interaction', user_prompt: 'Which files are here?' },
    }),
  }),
);

describe('a session of Claude Code that sends no spans', () => {
  it('is read from its log events: prompts, answers, calls of tools, tokens and costs', async () => {
    const { post, replay, json } = anApp();
    await post('/v1/logs', logs(...EVENTS));
    const { observations, session, traces, said } = await replay();
    expect(said).toEqual([['user: Which files are here?', 'assistant: One: a.txt.'], expect.anything()]);
    expect(traces.map(({ userId }) => userId)).toEqual(['ann@example.com', 'ann@example.com']);
    expect(session).toMatchObject({ totalTokens: 135, totalCost: 0.75 });
    expect(observations.find(({ type }) => type === 'tool')).toMatchObject({ name: 'Bash', level: 'DEFAULT' });
    expect(observations.find(({ level }) => level === 'ERROR')).toMatchObject({ statusMessage: 'Overloaded' });
    const requests = observations.filter(({ model }) => model === 'claude-sonnet-4-5');
    expect(requests.map(({ startMs, endMs }) => (endMs ?? 0) - startMs)).toEqual([900, 1_000]);
    expect(await json('/api/v1/log-counts')).toEqual({ joined: EVENTS.length, withoutSpan: 0, others: 0 });
  });

  it('reads the same in whatever order, grouping and number its events come, and where its spans come too, of these alone', async () => {
    const read = async (...requests: (readonly [path: string, body: object])[]) => {
      const { post, replay } = anApp();
      for (const [path, body] of requests) await post(path, body);
      const { observations, traces, said } = await replay();
      const revisionless = traces.map(({ id, totalTokens }) => ({ id, totalTokens }));
      return { said, traces: revisionless, ids: observations.map(({ id }) => id).sort() };
    };
    const events = EVENTS.map((each) => ['/v1/logs', logs(each)] as const);
    const span = ['/v1/traces', SPAN] as const;
    const [whole, ofSpans] = [await read(...events), await read(span)];
    expect(ofSpans.traces).toHaveLength(1);
    const deliveries = fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 });
    await fc.assert(
      fc.asyncProperty(deliveries, fc.nat(events.length * 2), async (delivered, at) => {
        expect(await read(...delivered)).toEqual(whole);
        expect(await read(...delivered.slice(0, at), span, ...delivered.slice(at))).toEqual(ofSpans);
      }),
      { numRuns: 10 },
    );
  });

  it('has one call of the model for an answer that names no request, as behind a gateway', async () => {
    const { post, replay } = anApp();
    const nameless = EVENTS.map((each) => ({
      ...each,
      attributes: each.attributes.filter(({ key }) => key !== 'request_id'),
    }));
    await post('/v1/logs', logs(...nameless.slice(0, 5)));
    const { observations, said } = await replay();
    expect(said).toEqual([['user: Which files are here?', 'assistant: One: a.txt.']]);
    expect(observations.filter(({ type }) => type === 'generation')).toHaveLength(2);
  });

  it('is left out where the store could not take it back, and an event that belongs to a span but for its answer', async () => {
    const { post, json } = anApp({ canDelete: false });
    await post('/v1/logs', logs(...EVENTS));
    expect(await json('/api/v1/log-counts')).toMatchObject({ joined: 0, others: EVENTS.length });
    const other = anApp();
    const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' };
    await other.post('/v1/logs', logs(...EVENTS.map((each) => ({ ...each, ...ids }))));
    expect(await other.json('/api/v1/log-counts')).toMatchObject({ joined: 1, others: EVENTS.length - 1 });
  });
});

/** An event as Gemini CLI and Qwen Code write it. */
const named = (name: string, atMs: number, given: Readonly<Record<string, string | number | boolean>>) => ({
  timeUnixNano: String(1_790_000_000_000_000_000n + BigInt(atMs) * 1_000_000n),
  body: { stringValue: 'A sentence about it.' },
  attributes: attributes({ 'event.name': name, 'session.id': 'g-1', ...given }),
});

const chunk = (...parts: object[]) => ({ candidates: [{ content: { role: 'model', parts } }] });

const GEMINI = [
  named('gemini_cli.config', 0, { model: 'gemini-2.5-flash' }),
  named('gemini_cli.user_prompt', 10, { prompt_id: 'g-1#1', prompt: 'Which files are here?' }),
  named('gemini_cli.api_request', 11, { prompt_id: 'g-1#1', model: 'gemini-2.5-flash', request_text: '[]' }),
  named('gemini_cli.api_response', 900, {
    ...{ prompt_id: 'g-1#1', model: 'gemini-2.5-flash', duration_ms: 800, role: 'main' },
    ...{ input_token_count: 100, output_token_count: 12, thoughts_token_count: 8, cached_content_token_count: 40 },
    ...{ total_token_count: 120, response_text: JSON.stringify([chunk({ functionCall: { name: 'ls', args: {} } })]) },
  }),
  named('gemini_cli.tool_call', 950, {
    ...{ prompt_id: 'g-1#1', function_name: 'ls', function_args: '{"dir":"."}', duration_ms: 20, success: true },
  }),
  named('gemini_cli.api_response', 2_000, {
    ...{ prompt_id: 'g-1#1', model: 'gemini-2.5-flash', duration_ms: 100, input_token_count: 100 },
    ...{ output_token_count: 12, thoughts_token_count: 8, total_token_count: 120 },
    response_text: JSON.stringify([chunk({ text: 'One: ' }), chunk({ text: 'a.txt.' })]),
  }),
  named('gemini_cli.user_prompt', 5_000, { prompt_id: 'g-1#2', prompt: 'Please fail' }),
  named('gemini_cli.api_error', 5_500, {
    ...{ prompt_id: 'g-1#2', model_name: 'gemini-2.5-flash', 'error.message': 'Overloaded', duration_ms: 300 },
  }),
];

/** As Codex writes it: named after a place in its source, with numbers as texts. */
const ofCodex = (name: string, atMs: number, given: Readonly<Record<string, string | number | boolean>>) => ({
  ...named(name, atMs, { 'conversation.id': 'g-1', model: 'gpt-5-codex', ...given }),
  eventName: 'event otel/src/events/session_telemetry.rs:1234',
  ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' },
});

const CODEX = [
  ofCodex('codex.conversation_starts', 0, { provider_name: 'openai' }),
  ofCodex('codex.user_prompt', 10, { prompt: 'Which files are here?', prompt_length: '21' }),
  ofCodex('codex.api_request', 500, { 'http.response.status_code': 200, duration_ms: '400' }),
  ofCodex('codex.sse_event', 600, { 'event.kind': 'response.completed', duration_ms: '0' }),
  ofCodex('codex.sse_event', 601, {
    ...{ 'event.kind': 'response.completed', input_token_count: '100', output_token_count: '20' },
    ...{ cached_token_count: 40, cache_write_token_count: 0, reasoning_token_count: 8, tool_token_count: '120' },
  }),
  ofCodex('codex.tool_result', 700, {
    ...{ tool_name: 'exec_command', call_id: 'call_1', arguments: '{"cmd":"ls"}', output: 'a.txt' },
    ...{ success: 'true', duration_ms: '50' },
  }),
  ofCodex('codex.agent_response', 720, { 'agent.type': 'main', 'turn.id': 't-1', response: 'One: a.txt.' }),
  ofCodex('codex.user_prompt', 900, { prompt: 'Go on', prompt_length: '5' }),
  ofCodex('codex.api_request', 950, { 'http.response.status_code': 503, 'error.message': 'Overloaded' }),
  ofCodex('codex.user_prompt', 1_900, { prompt: 'Go on', prompt_length: '5' }),
  ofCodex('codex.sse_event', 2_000, { input_token_count: '10', output_token_count: '2' }),
  ofCodex('codex.user_prompt', 2_900, { prompt: '[REDACTED]', prompt_length: '7' }),
  ofCodex('codex.sse_event', 3_000, { input_token_count: '20', output_token_count: '4' }),
];

describe('a session of another agent for the command line', () => {
  const qwen = GEMINI.map((each) => JSON.parse(JSON.stringify(each).replaceAll('gemini_cli.', 'qwen-code.')));

  it.each([
    ['Gemini CLI', GEMINI],
    ['Qwen Code', qwen],
  ])('is read from its log events: %s', async (_, events) => {
    const { post, replay, json } = anApp();
    await post('/v1/logs', logs(...events));
    const { observations, session, said } = await replay('g-1');
    expect(said).toEqual([['user: Which files are here?', 'assistant: One: a.txt.'], ['user: Please fail']]);
    expect(session).toMatchObject({ totalTokens: 240 });
    expect(observations.find(({ type }) => type === 'tool')).toMatchObject({ name: 'ls', level: 'DEFAULT' });
    expect(observations.find(({ level }) => level === 'ERROR')).toMatchObject({ statusMessage: 'Overloaded' });
    const calls = observations.filter(({ model }) => model === 'gemini-2.5-flash');
    expect(calls.map(({ startMs, endMs }) => (endMs ?? 0) - startMs)).toEqual([800, 100, 300]);
    expect(await json('/api/v1/log-counts')).toMatchObject({ joined: 6, others: 2 });
  });

  it('shows each prompt of Codex as a turn with what it did for it, whatever span its events name', async () => {
    const { post, replay } = anApp();
    await post('/v1/logs', logs(...CODEX));
    const { observations, session, said, turns } = await replay('g-1');
    expect(said).toEqual([
      ['user: Which files are here?', 'assistant: One: a.txt.'],
      ['user: Go on'],
      ['user: Go on'],
      // Without its words: they were not turned on.
      [],
    ]);
    const named = (ids: readonly string[]) =>
      ids.map((id) => observations.find((observation) => observation.id === id)?.name);
    expect(turns.map(({ steps, errors, totalTokens }) => [named(steps), errors.length, totalTokens])).toEqual([
      [['codex.response', 'exec_command'], 0, 120],
      [['codex.response'], 1, 0],
      [['codex.response'], 0, 12],
      [['codex.response'], 0, 24],
    ]);
    expect(session).toMatchObject({ totalTokens: 156 });
    expect(observations.find(({ type }) => type === 'tool')).toMatchObject({ name: 'exec_command', level: 'DEFAULT' });
    expect(observations.find(({ level }) => level === 'ERROR')).toMatchObject({ statusMessage: 'Overloaded' });
  });

  it.each([
    ['Gemini CLI', GEMINI],
    ['Codex', CODEX],
  ])('reads the same in whatever order and number its events come: %s', async (_, events) => {
    const read = async (...each: readonly object[]) => {
      const { post, replay } = anApp();
      for (const one of each) await post('/v1/logs', logs(one));
      const { observations, session, said, turns } = await replay('g-1');
      return {
        said,
        tokens: turns.map(({ totalTokens }) => totalTokens),
        total: session.totalTokens,
        ids: observations.map(({ id }) => id).sort(),
      };
    };
    const whole = await read(...events);
    const deliveries = fc.shuffledSubarray([...events, ...events], { minLength: events.length * 2 });
    await fc.assert(
      fc.asyncProperty(deliveries, async (delivered) => {
        expect(await read(...delivered)).toEqual(whole);
      }),
      { numRuns: 5 },
    );
  });

  it('counts no call twice where Gemini CLI sends its spans as well: they are linked to the session, and in none', async () => {
    const { post, replay } = anApp();
    const given = {
      ...{ 'gen_ai.conversation.id': 'g-1', 'gen_ai.operation.name': 'llm_call', 'gen_ai.agent.name': 'gemini-cli' },
      ...{ 'gen_ai.request.model': 'gemini-2.5-flash', 'gen_ai.usage.input_tokens': 100 },
    };
    const spans = [aSpan({ name: 'llm_call', attributes: attributes(given) })];
    await post('/v1/traces', { resourceSpans: [{ scopeSpans: [{ scope: { name: 'gemini-cli' }, spans }] }] });
    await post('/v1/logs', logs(...GEMINI));
    const { session, traces } = await replay('g-1');
    expect(session).toMatchObject({ totalTokens: 240 });
    expect(traces).toHaveLength(2);
  });
});
