import { describe, expect, it } from 'vitest';
import { readBody, toMessages } from '../replay/index.js';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

describe('a trace of OpenInference', () => {
  const observations = recordedSpans('open-inference').map(normalise);
  const [agent, first, tool, retriever, second, embedding] = observations;

  it('is an agent with its generations, tools and retrievals', () => {
    expect(observations.map(({ type, name }) => [type, name])).toEqual([
      ['agent', 'ask-weather'],
      ['generation', 'OpenAI Chat Completions'],
      ['tool', 'weather'],
      ['retriever', 'retrieve'],
      ['generation', 'OpenAI Chat Completions'],
      ['embedding', 'OpenAI Embeddings'],
      ['generation', 'OpenAI Responses'],
      ['generation', 'OpenAI Chat Completions'],
    ]);
    expect(agent?.body).toMatchObject({ input: 'How warm is it in Paris?', output: 'It is 18 degrees in Paris.' });
    expect(tool?.body).toMatchObject({ input: '{"city":"Paris"}', output: '{"celsius":18}' });
  });

  it('says of each span whose it is', () => {
    for (const { trace, body } of observations) {
      expect(trace).toEqual({ sessionId: 'chat-1', userId: 'ada', tags: ['a', 'b'] });
      expect(body.metadata).toMatchObject({ tier: 'gold' });
    }
  });

  it('has generations with model, parameters and tokens', () => {
    expect(first).toMatchObject({
      model: 'gpt-4o-2024-08-06',
      provider: 'openai',
      modelParameters: { temperature: 0.2, max_tokens: 200 },
      usage: { input: 60, output: 20, input_cached_tokens: 40, output_reasoning_tokens: 10, total: 130 },
    });
    expect(embedding).toMatchObject({ model: 'text-embedding-3-small', body: { input: 'hello' } });
  });

  it('has their messages put together again, tool calls and results included', () => {
    const call = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };
    expect(JSON.parse(second?.body.input ?? '')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'How warm is it in Paris?' }] },
      { role: 'assistant', content: null, tool_calls: [call] },
      { role: 'tool', content: '{"celsius":18}', tool_call_id: 'call_1' },
    ]);
    expect(JSON.parse(second?.body.output ?? '')).toEqual([
      { role: 'assistant', content: 'It is 18 degrees in Paris.' },
    ]);
  });

  it('has the documents of a retrieval as its output', () => {
    expect(retriever?.body.input).toBe('Paris');
    expect(JSON.parse(retriever?.body.output ?? '')).toEqual([
      { id: 'd1', content: 'Paris is warm.', score: 0.9, metadata: { page: 1 } },
    ]);
  });

  it('keeps the request and the answer as they were, beside the messages', () => {
    expect(JSON.parse(String(second?.body.metadata['output.value']))).toMatchObject({ id: 'chatcmpl-1' });
  });
});

describe('a span of OpenInference', () => {
  it.each([
    ['RERANKER', 'retriever'],
    ['GUARDRAIL', 'guardrail'],
    ['EVALUATOR', 'evaluator'],
    ['PROMPT', 'span'],
  ])('of the kind %s is a %s', (kind, type) => {
    expect(normalise(spanWith({ 'openinference.span.kind': kind })).type).toBe(type);
  });

  it.each([
    ['llm.model_name', 'generation'],
    ['embedding.model_name', 'embedding'],
    ['reranker.model_name', 'retriever'],
  ])('without a kind, but with %s, is a %s', (key, type) => {
    expect(normalise(spanWith({ [key]: 'm' }))).toMatchObject({ type, model: 'm' });
  });

  it('has its documents and messages in the order of their numbers, up to ten and beyond', () => {
    const contents = Array.from({ length: 12 }, (_, index) => `document ${index}`);
    const attributes = contents.map((text, index) => [`retrieval.documents.${index}.document.content`, text] as const);
    const { output } = normalise(spanWith(Object.fromEntries(attributes.toReversed()))).body;
    expect(JSON.parse(output ?? '').map((document: { content: string }) => document.content)).toEqual(contents);
  });

  it('has a picture of a message as a picture', () => {
    const at = 'llm.input_messages.0.message';
    const span = spanWith({
      [`${at}.role`]: 'user',
      [`${at}.contents.0.message_content.type`]: 'image',
      [`${at}.contents.0.message_content.image.image.url`]: 'https://example.com/cat.png',
    });
    expect(JSON.parse(normalise(span).body.input ?? '')).toEqual([
      { role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/cat.png' } }] },
    ]);
  });

  it('has costs, and their sum where no total came', () => {
    const { cost } = normalise(spanWith({ 'llm.cost.prompt': 0.25, 'llm.cost.completion': 0.5 }));
    expect(cost).toEqual({ input: 0.25, output: 0.5, total: 0.75 });
  });

  const question = 'llm.input_messages.0.message';

  it.each(['CHAIN', 'AGENT', 'chain'])('of the kind %s shows its whole input, not the copy of a message', (kind) => {
    const whole = '{"messages":[{"role":"user","content":"Hi"},{"role":"user","content":"And now?"}]}';
    const span = { 'openinference.span.kind': kind, 'input.value': whole, [`${question}.role`]: 'user' };
    expect(normalise(spanWith(span)).body.input).toBe(whole);
    expect(normalise(spanWith({ ...span, [`${question}.content`]: 'Hi' })).body.input).toBe(whole);
  });

  it('of a call shows its messages, not what the library was called with', () => {
    const span = spanWith({
      'openinference.span.kind': 'LLM',
      'input.value': 'ChatMessage(…)',
      [`${question}.role`]: 'user',
      [`${question}.content`]: 'Hi',
    });
    expect(normalise(span).body.input).toBe('[{"role":"user","content":"Hi"}]');
  });

  it('shows nothing of a message that has a role and no words', () => {
    const span = { 'openinference.span.kind': 'LLM', 'llm.output_messages.0.message.role': 'assistant' };
    expect(normalise(spanWith(span)).body.output).toBeNull();
    expect(normalise(spanWith({ ...span, 'output.value': 'Hello' })).body.output).toBe('Hello');
  });

  it('has a message without a role as the words of its side, and a single call of a function as a call', () => {
    const span = spanWith({
      [`${question}.content`]: 'Hi',
      'llm.output_messages.0.message.function_call_name': 'add',
      'llm.output_messages.0.message.function_call_arguments_json': '{"a":1}',
    });
    const { input, output } = normalise(span).body;
    expect(JSON.parse(input ?? '')).toEqual([{ role: 'user', content: 'Hi' }]);
    const call = { id: null, type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
    expect(JSON.parse(output ?? '')).toEqual([{ role: 'assistant', content: null, tool_calls: [call] }]);
  });

  it('of LangChain for JavaScript shows the words and calls that its messages left out', () => {
    const said = (kind: string, kwargs: object) => ({
      ...{ lc: 1, type: 'constructor', id: ['langchain_core', 'messages', `${kind}Message`] },
      kwargs: { additional_kwargs: {}, ...kwargs },
    });
    const text = (words: string) => [{ type: 'text', text: words }];
    const asked = [said('System', { content: text('Be short.') }), said('Human', { content: 'Weather?' })];
    const call = { id: 'c1', name: 'weather', args: { city: 'Paris' }, type: 'tool_call' };
    const answer = said('AI', { content: text('Let me look.'), tool_calls: [call] });
    const span = spanWith({
      'openinference.span.kind': 'LLM',
      'input.value': JSON.stringify({ messages: [asked] }),
      'output.value': JSON.stringify({ generations: [[{ text: 'Let me look.', message: answer }]] }),
      'llm.input_messages.0.message.role': 'system',
      'llm.input_messages.1.message.role': 'user',
      'llm.input_messages.1.message.content': 'Weather?',
      'llm.output_messages.0.message.role': 'assistant',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.name': 'weather',
      'llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments': '{"city":"Paris"}',
    });
    const { input, output } = normalise(span).body;
    expect(toMessages(readBody(input ?? ''), 'input')).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be short.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Weather?' }] },
    ]);
    expect(toMessages(readBody(output ?? ''), 'output')).toEqual([
      {
        role: 'assistant',
        parts: [
          { type: 'text', text: 'Let me look.' },
          { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Paris' } },
        ],
      },
    ]);
  });

  it('of AutoGen shows the results of functions, which stand beside their message', () => {
    const result = (id: string) => JSON.stringify({ name: 'weather', content: '21', call_id: id, is_error: false });
    const span = spanWith({
      'openinference.span.kind': 'LLM',
      'llm.input_messages.0.message.role': 'user',
      'llm.input_messages.0.message.content': 'Weather?',
      'llm.input_messages.1.message.role': 'function',
      'llm.input_messages.1.function.0': result('c1'),
      'llm.input_messages.1.function.1': result('c2'),
    });
    const messages = toMessages(readBody(normalise(span).body.input ?? ''), 'input');
    expect(messages?.slice(1)).toEqual(
      ['c1', 'c2'].map((id) => ({
        role: 'tool',
        parts: [{ type: 'tool_result', id, name: 'weather', result: '21' }],
      })),
    );
  });

  it.each([
    [{ 'openinference.span.kind': 'LLM', 'llm.invocation_parameters': '{"model":"gpt-4o-mini"}' }, 'gpt-4o-mini'],
    [{ 'openinference.span.kind': 'LLM', 'llm.invocation_parameters': '{"model_name":"gpt-4o-mini"}' }, 'gpt-4o-mini'],
    [{ 'openinference.span.kind': 'EMBEDDING', 'embedding.invocation_parameters': '{"model":"small"}' }, 'small'],
    [{ 'openinference.span.kind': 'CHAIN', 'llm.invocation_parameters': '{"model":"gpt-4o-mini"}' }, null],
    [{ 'openinference.span.kind': 'LLM', 'llm.invocation_parameters': '["model"]' }, null],
    [{ 'llm.model_name': 'asked', 'llm.response.model': 'answered' }, 'answered'],
  ])('says which model answered, or which was asked where the call failed: %j', (attributes, model) => {
    expect(normalise(spanWith(attributes)).model).toBe(model);
  });

  it('of a completion of text has its prompt and its choice', () => {
    const span = spanWith({ 'llm.prompts.0.prompt.text': 'Once', 'llm.choices.0.completion.text': 'upon a time' });
    const { input, output } = normalise(span).body;
    expect(JSON.parse(input ?? '')).toEqual([{ role: 'user', content: 'Once' }]);
    expect(JSON.parse(output ?? '')).toEqual([{ role: 'assistant', content: 'upon a time' }]);
  });
});
