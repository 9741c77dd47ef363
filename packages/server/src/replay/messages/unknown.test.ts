import type { Json } from '@powerrag/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toMessages } from './index.js';

const words = fc.string({ minLength: 1 }).filter((text) => text.trim() !== '');
const known = fc.oneof(
  words.map((content): Json => ({ role: 'user', content })),
  words.map((content): Json => ({ type: 'ai', content })),
  words.map((text): Json => ({ role: 'assistant', content: [{ text }] })),
  words.map((content): Json => ({ role: 'system', parts: [{ type: 'text', content }] })),
  words.map((result): Json => ({ type: 'function_call_output', call_id: 'c', output: result })),
);
const unknown = fc.oneof(
  words.map((content): Json => ({ role: 'narrator', content })),
  words.map((text): Json => ({ role: 'oracle', omen: text })),
  words.map((type): Json => ({ type: `x-${type}`, payload: 1 })),
  fc.constant<Json>({ role: 'user', content: [{ hologram: 3 }] }),
  fc.integer(),
);

describe('messages that came as Python writes them', () => {
  const haystack = (role: string, part: string) =>
    `ChatMessage(_role=<ChatRole.${role.toUpperCase()}: '${role}'>, _content=[${part}], _name=None, _meta={})`;
  const call = "ToolCall(tool_name='get_weather', arguments={'city': 'Paris'}, id='c1', extra=None)";

  it('are read as the messages they are: Haystack', () => {
    const messages = [
      haystack('user', "TextContent(text='What\\'s the weather?')"),
      haystack('assistant', call),
      haystack('tool', `ToolCallResult(result='21', origin=${call}, error=False)`),
      haystack('assistant', "TextContent(text='21 degrees')"),
    ];
    expect(toMessages({ messages })).toEqual([
      { role: 'user', parts: [{ type: 'text', text: "What's the weather?" }] },
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Paris' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', name: 'get_weather', result: '21' }] },
      { role: 'assistant', parts: [{ type: 'text', text: '21 degrees' }] },
    ]);
  });

  it('are shown as they came where they were cut off', () => {
    const cut = haystack('user', "TextContent(text='Hi')").slice(0, -5);
    expect(toMessages([{ role: 'user', content: 'Hi' }, cut])?.at(-1)).toEqual({
      role: 'other',
      parts: [{ type: 'text', text: cut }],
    });
  });

  it('are calls and results in the memory of smolagents', () => {
    const calls =
      "Calling tools:\n[{'id': 'c1', 'type': 'function', 'function': {'name': 'get_weather', 'arguments': {'city': 'Paris'}}}]";
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'Weather?' }] },
      { role: 'tool-call', content: [{ type: 'text', text: calls }] },
      { role: 'tool-response', content: [{ type: 'text', text: 'Observation:\n21' }] },
      { role: 'tool-response', content: [{ type: 'text', text: 'Error:\nReached max steps.' }] },
    ];
    expect(toMessages(messages)?.slice(1)).toEqual([
      {
        role: 'assistant',
        parts: [{ type: 'tool_call', id: 'c1', name: 'get_weather', arguments: { city: 'Paris' } }],
      },
      { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', name: 'get_weather', result: '21' }] },
      { role: 'tool', parts: [{ type: 'tool_result', id: null, name: null, result: 'Error:\nReached max steps.' }] },
    ]);
  });
});

describe('a conversation with something unknown in it', () => {
  it('stays readable: every message that was there is there, in order, as it was', () => {
    fc.assert(
      fc.property(fc.array(known, { minLength: 1 }), unknown, fc.nat(), (messages, stranger, at) => {
        const before = toMessages(messages);
        const place = at % (messages.length + 1);
        const after = toMessages([...messages.slice(0, place), stranger, ...messages.slice(place)]);
        expect(after?.toSpliced(place, 1)).toEqual(before);
      }),
    );
  });

  it('has the unknown under the name that it gives itself', () => {
    expect(
      toMessages([
        { role: 'user', content: 'Hi' },
        { role: 'narrator', content: 'A pause.' },
        { role: 'oracle', omen: 3 },
        { type: 'x-event', n: 1 },
      ]),
    ).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      { role: 'other', name: 'narrator', parts: [{ type: 'text', text: 'A pause.' }] },
      { role: 'other', name: 'oracle', parts: [{ type: 'json', value: { role: 'oracle', omen: 3 } }] },
      { role: 'other', name: 'x-event', parts: [{ type: 'json', value: { type: 'x-event', n: 1 } }] },
    ]);
  });

  it('takes a type for a role beside messages, where it would be data alone', () => {
    expect(
      toMessages([
        { type: 'system', content: 'Be brief.' },
        { type: 'human', content: 'Hi' },
      ]),
    ).toEqual([
      { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ]);
  });

  it('has the result of a tool under the name of the tool, as Langfuse writes it of LangChain', () => {
    const result = { role: 'get_weather', content: '21', additional_kwargs: {} };
    expect(toMessages({ messages: [result] })).toEqual([
      { role: 'other', name: 'get_weather', parts: [{ type: 'text', text: '21' }] },
    ]);
  });

  it('keeps the parts that are known beside one that is not', () => {
    expect(toMessages([{ role: 'user', content: [{ type: 'text', text: 'Look:' }, { hologram: 3 }] }])).toEqual([
      {
        role: 'user',
        parts: [
          { type: 'text', text: 'Look:' },
          { type: 'json', value: { hologram: 3 } },
        ],
      },
    ]);
  });
});

describe('what somebody said', () => {
  it('is not altered', () => {
    fc.assert(
      fc.property(words, (text) => {
        for (const body of [
          { role: 'user', content: text },
          { type: 'human', content: [{ type: 'text', text }] },
        ])
          expect(toMessages([body])).toEqual([{ role: 'user', parts: [{ type: 'text', text }] }]);
      }),
    );
  });

  it.each<[string, Json]>([
    ['no content', { role: 'assistant', content: null }],
    ['empty content', { role: 'assistant', content: '' }],
    ['nothing but space', { role: 'assistant', content: '\n' }],
    ['no parts', { role: 'assistant', parts: [] }],
    ['an empty part', { role: 'assistant', parts: [{ type: 'text', content: '' }] }],
    ['encrypted thoughts', { type: 'reasoning', summary: [], encrypted_content: 'x' }],
    ['a role alone', { role: 'assistant' }],
  ])('is nothing where a message has %s', (_, silent) => {
    expect(toMessages([{ role: 'user', content: 'Hi' }, silent])).toEqual([
      { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
    ]);
  });
});

describe('the result of a tool', () => {
  const call = (id: string, name: string): Json => ({ id, type: 'function', function: { name, arguments: '{}' } });
  const results = (body: Json) =>
    toMessages(body)?.flatMap(({ parts }) => parts.flatMap((part) => (part.type === 'tool_result' ? [part] : [])));

  it('has the name of the call with its id', () => {
    const calls = { role: 'assistant', tool_calls: [call('a', 'add'), call('b', 'sub')] };
    const found = results([
      calls,
      { role: 'tool', tool_call_id: 'b', content: '2' },
      { role: 'tool', tool_call_id: 'a', content: '1' },
      { role: 'tool', tool_call_id: 'z', content: '0' },
    ]);
    expect(found?.map(({ id, name, result }) => [id, name, result])).toEqual([
      ['b', 'sub', '2'],
      ['a', 'add', '1'],
      ['z', null, '0'],
    ]);
  });

  it('without an id is that of the call of its name, and without a name only where one call waits', () => {
    const two = { role: 'assistant', tool_calls: [call('a', 'add'), call('b', 'sub')] };
    expect(results([two, { role: 'function', name: 'sub', content: '2' }])?.[0]).toMatchObject({ id: 'b' });
    expect(results([two, { role: 'tool', content: '2' }])?.[0]).toMatchObject({ id: null, name: null });
    const one = { role: 'assistant', tool_calls: [call('a', 'add')] };
    expect(results([one, { role: 'tool', content: '2' }])?.[0]).toMatchObject({ id: 'a', name: 'add' });
  });

  it('under an id that no call has is that of the one call that waits, as the call of OpenAI Agents has another in its item', () => {
    const one = { role: 'assistant', tool_calls: [call('fc_1', 'add')] };
    const result = { role: 'tool', tool_call_id: 'call_1', content: '2' };
    expect(results([one, result])?.[0]).toMatchObject({ id: 'fc_1', name: 'add' });
    const two = { role: 'assistant', tool_calls: [call('a', 'add'), call('b', 'sub')] };
    expect(results([two, result])?.[0]).toMatchObject({ id: 'call_1', name: null });
  });
});

describe('media', () => {
  const bytes = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAAB';
  it.each<[string, Json]>([
    ['OpenAI', { type: 'image_url', image_url: { url: `data:image/png;base64,${bytes}` } }],
    ['OpenAI, sound', { type: 'input_audio', input_audio: { data: bytes, format: 'wav' } }],
    [
      'OpenAI, a file',
      { type: 'file', file: { filename: 'a.pdf', file_data: `data:application/pdf;base64,${bytes}` } },
    ],
    ['Anthropic', { type: 'image', source: { type: 'base64', media_type: 'image/png', data: bytes } }],
    ['Anthropic, a document', { type: 'document', title: 'a.pdf', source: { type: 'base64', data: bytes } }],
    ['Bedrock', { image: { format: 'png', source: { bytes } } }],
    ['Bedrock, a document', { document: { name: 'a', format: 'pdf', source: { bytes } } }],
    ['Gemini', { inline_data: { mime_type: 'image/png', data: bytes } }],
    ['Genkit', { media: { url: `data:image/png;base64,${bytes}`, contentType: 'image/png' } }],
    ['LangChain', { type: 'image', source_type: 'base64', mime_type: 'image/png', data: bytes }],
    ['the AI SDK', { type: 'file', mediaType: 'image/png', data: bytes }],
    ['GenAI', { type: 'blob', modality: 'image', content: bytes }],
    ['pydantic-ai', { kind: 'binary', media_type: 'image/png', binary_content: bytes }],
    ['Haystack', { image: { base64_image: bytes, mime_type: 'image/png' } }],
  ])('of %s is named and never its bytes', (_, part) => {
    const [message] = toMessages([{ role: 'user', content: [{ type: 'text', text: 'Look:' }, part] }]) ?? [];
    expect(message?.parts[1]).toMatchObject({ type: 'media' });
    expect(JSON.stringify(message)).not.toContain(bytes);
  });
});
