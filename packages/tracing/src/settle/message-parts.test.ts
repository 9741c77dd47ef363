import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { configureTracing, observe } from '../index.js';
import { recordSpans, tokensIn } from '../testing/recorded-spans.js';

const spans = recordSpans();

/** What is recorded as the output of a generation whose function yields these chunks. */
function answerOf(...chunks: unknown[]): unknown {
  const answer = observe(
    function* answer() {
      yield* chunks;
    },
    { asType: 'generation' },
  );
  for (const _chunk of answer());
  return JSON.parse(String(spans.named('answer').attributes[SpanAttributeKeys.observationOutput]));
}

const chat = (...deltas: object[]) => answerOf(...deltas.map((delta) => ({ choices: [{ index: 0, delta }] })));
const call = (id: string | null, name: string, json: string) => ({
  ...{ id, type: 'function', function: { name, arguments: json } },
});

describe('a streamed chat completion is recorded with', () => {
  it.each([
    ['reasoning_content', 'reasoning_content'],
    ['reasoning', 'reasoning'],
    ['thinking', 'thinking'],
  ])('what the model thinks under the name %s', (_name, key) => {
    expect(chat({ [key]: 'Capi' }, { [key]: 'tal…' }, { content: 'Paris' })).toEqual({
      ...{ role: 'assistant', content: 'Paris', reasoning: 'Capital…' },
    });
  });

  it('a thought that comes under two names, once', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm' }];
    expect(chat({ reasoning: 'Hm', reasoning_content: 'Hm', reasoning_details: details })).toMatchObject({
      reasoning: 'Hm',
    });
  });

  it('a thought that comes only in `reasoning_details`, in full or summarised', () => {
    const deltas = [{ text: 'Ca' }, { text: null, summary: 'pital' }].map((detail) => ({
      reasoning_details: [detail],
    }));
    expect(chat(...deltas)).toMatchObject({ reasoning: 'Capital' });
  });

  it('the transcript of what the model speaks', () => {
    const audio = (part: object) => ({ audio: part });
    expect(
      chat(audio({ id: 'audio_1', transcript: 'Par' }), audio({ data: 'UklGRg==' }), audio({ transcript: 'is.' })),
    ).toEqual({ role: 'assistant', content: null, audio: { id: 'audio_1', transcript: 'Paris.' } });
  });

  it('a call of a function in the deprecated form', () => {
    const part = (function_call: object) => ({ function_call });
    expect(chat(part({ name: 'search', arguments: '{"q":' }), part({ arguments: '"Paris"}' }))).toEqual({
      ...{ role: 'assistant', content: null, function_call: { name: 'search', arguments: '{"q":"Paris"}' } },
    });
  });

  it('a refusal', () => {
    expect(chat({ refusal: 'I ' }, { refusal: 'cannot.' })).toMatchObject({ refusal: 'I cannot.' });
  });

  it('the pages that it cites', () => {
    const annotations = [{ type: 'url_citation', url_citation: { url: 'https://example.com', title: 'France' } }];
    expect(chat({ content: 'Paris' }, { annotations })).toEqual({ role: 'assistant', content: 'Paris', annotations });
  });

  it('content in parts, as Mistral gives it', () => {
    const thinking = [{ type: 'text', text: 'Hm' }];
    expect(chat({ content: [{ type: 'thinking', thinking }] }, { content: [{ type: 'text', text: 'Paris' }] })).toEqual(
      {
        ...{ role: 'assistant', content: 'Paris', reasoning: 'Hm' },
      },
    );
  });

  const tools = (...calls: object[]) => ({ tool_calls: calls });
  const piece = (index: number | undefined, id: string | undefined, name: string | undefined, json: string) => ({
    ...{ index, id, function: { name, arguments: json } },
  });

  it.each<[string, object[]]>([
    [
      'by index',
      [
        tools(piece(0, 'a', 'map', '{'), piece(1, 'b', 'web', '[')),
        tools(piece(1, undefined, undefined, ']'), piece(0, undefined, undefined, '}')),
      ],
    ],
    ['without an index', [tools(piece(undefined, 'a', 'map', '{}')), tools(piece(undefined, 'b', 'web', '[]'))]],
    [
      'without an index, in pieces',
      [
        tools(piece(undefined, 'a', 'map', '{')),
        tools(piece(undefined, undefined, undefined, '}')),
        tools(piece(undefined, 'b', 'web', '[]')),
      ],
    ],
    [
      'all at index 0',
      [tools(piece(0, 'a', 'map', '{}')), tools(piece(0, 'b', 'web', '[')), tools(piece(0, undefined, undefined, ']'))],
    ],
    [
      'with the id and the name in each piece',
      [tools(piece(0, 'a', 'map', '{')), tools(piece(0, 'a', 'map', '}')), tools(piece(1, 'b', 'web', '[]'))],
    ],
    [
      'with empty ids and names after the first piece',
      [tools(piece(0, 'a', 'map', '{')), tools(piece(0, '', '', '}')), tools(piece(1, 'b', 'web', '[]'))],
    ],
  ])('several calls of tools that come %s', (_how, deltas) => {
    expect(chat(...deltas)).toMatchObject({ tool_calls: [call('a', 'map', '{}'), call('b', 'web', '[]')] });
  });

  it('a call of a custom tool', () => {
    const custom = { index: 0, id: 'c', custom: { name: 'sql', input: 'SELECT 1' } };
    expect(chat(tools(custom))).toMatchObject({ tool_calls: [call('c', 'sql', 'SELECT 1')] });
  });
});

it('a streamed completion of a text is recorded as its text', () => {
  expect(answerOf({ choices: [{ index: 0, text: 'Par' }] }, { choices: [{ index: 0, text: 'is' }] })).toEqual({
    ...{ role: 'assistant', content: 'Paris' },
  });
});

it('chunks of LangChain are recorded as their message, with its tokens', () => {
  const chunk = (content: unknown, more: object = {}) => ({ content, additional_kwargs: {}, ...more });
  const output = answerOf(
    chunk('', { additional_kwargs: { reasoning_content: 'Hm' } }),
    chunk('Par'),
    chunk([{ type: 'text', text: 'is' }]),
    chunk('', { tool_call_chunks: [{ index: 0, id: 'c', name: 'map', args: '{' }] }),
    chunk('', { tool_call_chunks: [{ index: 0, args: '}' }], usage_metadata: { input_tokens: 4, output_tokens: 2 } }),
  );
  expect(output).toEqual({
    ...{ role: 'assistant', content: 'Paris', reasoning: 'Hm', tool_calls: [call('c', 'map', '{}')] },
  });
  expect(tokensIn(spans.named('answer').attributes)).toEqual({ input: 4, output: 2 });
});

describe('a streamed answer of Anthropic is recorded with its blocks', () => {
  const start = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
  const delta = (index: number, part: object) => ({ type: 'content_block_delta', index, delta: part });

  it('where the model searched on the server’s side', () => {
    const result = {
      type: 'web_search_tool_result',
      tool_use_id: 's1',
      content: [{ type: 'web_search_result', url: 'https://example.com' }],
    };
    const citation = { type: 'web_search_result_location', url: 'https://example.com', cited_text: 'Paris is' };
    expect(
      answerOf(
        start(0, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
        delta(0, { type: 'input_json_delta', partial_json: '"capital"}' }),
        start(1, result),
        start(2, { type: 'text', text: '' }),
        delta(2, { type: 'citations_delta', citation }),
        delta(2, { type: 'text_delta', text: 'Paris' }),
      ),
    ).toEqual({
      role: 'assistant',
      content: [
        { type: 'server_tool_use', id: 's1', name: 'web_search', input: { query: 'capital' } },
        result,
        { type: 'text', text: 'Paris', citations: [citation] },
      ],
    });
  });

  it.each(['mcp_tool_use', 'code_execution_tool_result', 'redacted_thinking'])('where one is a %s', (type) => {
    const block = { type, id: 'x', data: 'y' };
    expect(answerOf(start(0, block), start(1, { type: 'text', text: 'Paris' }))).toEqual({
      ...{ role: 'assistant', content: [block, { type: 'text', text: 'Paris' }] },
    });
  });

  it('where a thought is signed', () => {
    expect(
      answerOf(
        start(0, { type: 'thinking', thinking: '', signature: '' }),
        delta(0, { type: 'thinking_delta', thinking: 'Hm' }),
        delta(0, { type: 'signature_delta', signature: 'EqQB' }),
      ),
    ).toEqual({ role: 'assistant', content: [{ type: 'thinking', thinking: 'Hm', signature: 'EqQB' }] });
  });

  it('with the part of a tool’s input that arrived', () => {
    expect(
      answerOf(
        start(0, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
        delta(0, { type: 'input_json_delta', partial_json: '{"query":' }),
      ),
    ).toMatchObject({ content: [{ input: '{"query":' }] });
  });

  it('or as a chat message where that loses nothing: a tool without arguments too', () => {
    expect(answerOf(start(0, { type: 'tool_use', id: 'c', name: 'now', input: {} }))).toEqual({
      ...{ role: 'assistant', content: null, tool_calls: [call('c', 'now', '{}')] },
    });
  });

  it('within the limit of one value', () => {
    configureTracing({ maxValueLength: 100 });
    const output = answerOf(...Array.from({ length: 50 }, () => delta(0, { type: 'text_delta', text: '0123456789' })));
    expect(output).toEqual({ role: 'assistant', content: `${'0123456789'.repeat(10)}[truncated: 400 characters]` });
  });
});

describe('a streamed response of OpenAI that was abandoned halfway is recorded with', () => {
  const at = (output_index: number, rest: object) => ({ output_index, ...rest });

  it('the finished items, and the part of the next one that arrived', () => {
    const reasoning = { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'Hm' }] };
    const search = { type: 'web_search_call', id: 'ws_1', action: { query: 'capital' } };
    expect(
      answerOf(
        at(0, { type: 'response.reasoning_summary_text.delta', delta: 'Hm' }),
        at(0, { type: 'response.output_item.done', item: reasoning }),
        at(1, { type: 'response.output_item.done', item: search }),
        at(2, { type: 'response.output_text.delta', delta: 'Par' }),
      ),
    ).toEqual([reasoning, search, { role: 'assistant', content: 'Par' }]);
  });

  it.each([
    ['response.refusal.delta', 'refusal'],
    ['response.reasoning_text.delta', 'reasoning'],
    ['response.reasoning_summary_text.delta', 'reasoning'],
  ])('the text of %s', (type, field) => {
    expect(answerOf(at(0, { type, delta: 'I ' }), at(0, { type, delta: 'see' }))).toMatchObject({ [field]: 'I see' });
  });

  it('the part of a tool call that arrived', () => {
    expect(
      answerOf(
        at(0, { type: 'response.output_item.added', item: { type: 'function_call', call_id: 'c', name: 'map' } }),
        at(0, { type: 'response.function_call_arguments.delta', delta: '{"city":' }),
      ),
    ).toEqual({ role: 'assistant', content: null, tool_calls: [call('c', 'map', '{"city":')] });
  });

  it('its items when the finished response has none', () => {
    const item = { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Paris' }] };
    expect(
      answerOf(at(0, { type: 'response.output_item.done', item }), {
        type: 'response.completed',
        response: { output: [], usage: { input_tokens: 3, output_tokens: 1 } },
      }),
    ).toEqual([item]);
    expect(tokensIn(spans.named('answer').attributes)).toEqual({ input: 3, output: 1 });
  });
});

describe('a stream of the AI SDK is recorded with', () => {
  it('the results of tools between the messages', () => {
    expect(
      answerOf(
        { type: 'text-delta', text: 'I look.' },
        { type: 'tool-call', toolCallId: 'c', toolName: 'map', input: { city: 'Paris' } },
        { type: 'tool-result', toolCallId: 'c', toolName: 'map', output: 'On the Seine', preliminary: true },
        { type: 'tool-result', toolCallId: 'c', toolName: 'map', output: { river: 'Seine' } },
        { type: 'text-delta', text: 'On the Seine.' },
      ),
    ).toEqual([
      { role: 'assistant', content: 'I look.', tool_calls: [call('c', 'map', '{"city":"Paris"}')] },
      { role: 'tool', tool_call_id: 'c', name: 'map', content: { river: 'Seine' } },
      { role: 'assistant', content: 'On the Seine.' },
    ]);
  });

  it('its sources', () => {
    const source = { type: 'source', sourceType: 'url', id: 's', url: 'https://example.com' };
    expect(answerOf({ type: 'text-delta', text: 'Paris' }, source)).toMatchObject({ annotations: [source] });
  });
});
