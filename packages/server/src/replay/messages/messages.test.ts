import type { Json, Message } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { toMessages } from './index.js';
import { toPlainText } from './plain.js';

describe('a body that is a chat', () => {
  it.each<[string, Json, Message[]]>([
    [
      'of plain text',
      [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      ],
    ],
    [
      'under "messages"',
      { messages: [{ role: 'user', content: 'Hi' }] },
      [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    ],
    [
      'of a single message',
      { role: 'assistant', content: 'Yes' },
      [{ role: 'assistant', parts: [{ type: 'text', text: 'Yes' }] }],
    ],
    [
      'with tool calls and their result, as OpenAI writes them',
      [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } }],
        },
        { role: 'tool', tool_call_id: 'c1', content: '3' },
      ],
      [
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c1', name: 'add', arguments: { a: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_result', id: 'c1', name: 'add', result: '3' }] },
      ],
    ],
    [
      'with tool use and thinking, as Anthropic writes them',
      [
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm.' },
            { type: 'tool_use', id: 't', name: 'add', input: { a: 1 } },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'tool_call', id: 't', name: 'add', arguments: { a: 1 } },
          ],
        },
      ],
    ],
    [
      'of parts, as the GenAI conventions write them',
      [
        { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'add', arguments: { a: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c', response: 3 }] },
      ],
      [
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'add', arguments: { a: 1 } }] },
        { role: 'tool', parts: [{ type: 'tool_result', id: 'c', name: 'add', result: 3 }] },
      ],
    ],
    [
      'beside the system’s instructions, as the AI SDK and Anthropic take them',
      { system: 'Be brief.', messages: [{ role: 'user', content: 'Hi' }] },
      [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      ],
    ],
    [
      'beside instructions in parts, as Anthropic takes them',
      { system: [{ type: 'text', text: 'Be brief.' }], messages: [{ role: 'user', content: 'Hi' }] },
      [
        { role: 'system', parts: [{ type: 'text', text: 'Be brief.' }] },
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
      ],
    ],
    [
      'under "prompt"',
      { prompt: [{ role: 'user', content: 'Hi' }] },
      [{ role: 'user', parts: [{ type: 'text', text: 'Hi' }] }],
    ],
    [
      'with reasoning, tool calls and several results, as the AI SDK writes them',
      [
        {
          role: 'assistant',
          content: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'tool-call', toolCallId: 'a', toolName: 'add', input: '{"a":1}' },
            { type: 'tool-call', toolCallId: 'b', toolName: 'add', args: { a: 2 } },
          ],
        },
        {
          role: 'tool',
          content: [
            { type: 'tool-result', toolCallId: 'a', toolName: 'add', output: { type: 'json', value: { sum: 3 } } },
            { type: 'tool-result', toolCallId: 'b', toolName: 'add', result: 4 },
          ],
        },
      ],
      [
        {
          role: 'assistant',
          parts: [
            { type: 'reasoning', text: 'Hm.' },
            { type: 'tool_call', id: 'a', name: 'add', arguments: { a: 1 } },
            { type: 'tool_call', id: 'b', name: 'add', arguments: { a: 2 } },
          ],
        },
        {
          role: 'tool',
          parts: [
            { type: 'tool_result', id: 'a', name: 'add', result: { sum: 3 } },
            { type: 'tool_result', id: 'b', name: 'add', result: 4 },
          ],
        },
      ],
    ],
    [
      'with files as the AI SDK writes them, which become their type and size',
      [
        {
          role: 'user',
          content: [
            { type: 'file', mediaType: 'audio/mpeg', data: 'AAAA' },
            { type: 'file', mediaType: 'application/pdf', data: 'https://example.com/a.pdf' },
            { type: 'image', image: 'AAAA' },
          ],
        },
      ],
      [
        {
          role: 'user',
          parts: [
            { type: 'media', kind: 'audio', mimeType: 'audio/mpeg', reference: null, bytes: 3 },
            {
              type: 'media',
              kind: 'file',
              mimeType: 'application/pdf',
              reference: 'https://example.com/a.pdf',
              bytes: null,
            },
            { type: 'media', kind: 'image', mimeType: null, reference: null, bytes: 3 },
          ],
        },
      ],
    ],
    [
      'with media as the GenAI conventions write it, which becomes its type and size',
      [
        {
          role: 'user',
          parts: [
            { type: 'blob', modality: 'image', mime_type: 'image/png', content: 'AAAA' },
            { type: 'uri', modality: 'audio', uri: 'gs://bucket/a' },
          ],
        },
      ],
      [
        {
          role: 'user',
          parts: [
            { type: 'media', kind: 'image', mimeType: 'image/png', reference: null, bytes: 3 },
            { type: 'media', kind: 'audio', mimeType: null, reference: 'gs://bucket/a', bytes: null },
          ],
        },
      ],
    ],
    [
      'of other names for the two who speak',
      [
        { role: 'human', content: 'Hi' },
        { role: 'model', content: 'Hello' },
      ],
      [
        { role: 'user', parts: [{ type: 'text', text: 'Hi' }] },
        { role: 'assistant', parts: [{ type: 'text', text: 'Hello' }] },
      ],
    ],
    [
      'with arguments nested too deep to write them again, which stay text',
      [
        {
          role: 'assistant',
          tool_calls: [{ id: 'c', function: { name: 'add', arguments: '['.repeat(20_000) + ']'.repeat(20_000) } }],
        },
      ],
      [
        {
          role: 'assistant',
          parts: [{ type: 'tool_call', id: 'c', name: 'add', arguments: '['.repeat(20_000) + ']'.repeat(20_000) }],
        },
      ],
    ],
    [
      'with an image as Anthropic writes it, which becomes its type and size',
      [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: 'AAAA' } }],
        },
      ],
      [
        {
          role: 'user',
          parts: [{ type: 'media', kind: 'image', mimeType: 'image/jpeg', reference: null, bytes: 3 }],
        },
      ],
    ],
    [
      'with an inline image, which becomes its type and size',
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'What is it?' },
            { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAAAAAA' } },
          ],
        },
      ],
      [
        {
          role: 'user',
          parts: [
            { type: 'text', text: 'What is it?' },
            { type: 'media', kind: 'image', mimeType: 'image/png', reference: null, bytes: 6 },
          ],
        },
      ],
    ],
    [
      'with a part of an unknown shape, which is kept',
      [{ role: 'user', content: [{ type: 'hologram', depth: 3 }] }],
      [{ role: 'user', parts: [{ type: 'json', value: { type: 'hologram', depth: 3 } }] }],
    ],
    [
      'with arguments that the model broke off',
      [{ role: 'assistant', tool_calls: [{ id: 'c', function: { name: 'add', arguments: '{"a":' } }] }],
      [{ role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'add', arguments: '{"a":' }] }],
    ],
  ])('%s is read as messages', (_, body, messages) => {
    expect(toMessages(body)).toEqual(messages);
  });

  it.each<[Json]>([
    ['text'],
    [3],
    [null],
    [[]],
    [{ query: 'x' }],
    [{ prompt: 'x' }],
    [{ system: 'x' }],
    [[{ role: 'constructor', content: 'x' }]],
    [
      [
        { role: 'user', name: 'Ada' },
        { role: 'admin', name: 'Eve' },
      ],
    ],
    [[{ role: 'admin' }]],
    [{ role: 'user', age: 36 }],
    [[{ type: 'human', height: 180 }]],
    [[{ text: 'A document.' }, { text: 'Another.' }]],
    [[{ id: 1, messages: [{ role: 'user', content: 'A ticket.' }] }]],
    [
      [
        { type: 'system', content: 'The disk is full.' },
        { type: 'alert', content: 'x' },
      ],
    ],
    [{ type: 'tool', content: 'A hammer.' }],
    [{ role: 'user', items: ['milk'] }],
    [{ role: 'model', parts: [{ id: 3 }, { id: 4 }] }],
    [{ text: 'What is in it?', files: [] }],
    [{ question: 'Which one?', choices: [{ text: 'A' }, { text: 'B' }] }],
    [{ contents: 'Chapter 1' }],
    [{ content: { parts: [{ type: 'paragraph' }] } }],
    [{ instructions: 'Add them.', input: [1, 2] }],
    [{ system: 'Linux', messages: [{ level: 'info' }] }],
    [{ generations: [{ text: 'Z' }] }],
    [{ name: 'search', parameters: {} }],
    [{ output: [{ type: 'file', path: 'a' }] }],
    [{ choices: [{ label: 'A' }, { label: 'B' }] }],
    [{ message: { subject: 'Hi' } }],
    [{ text: 'x' }],
  ])('is not seen in %j', (body) => {
    expect(toMessages(body)).toBeNull();
  });
});

describe('media that the tracing package left out', () => {
  it.each([
    [{ type: 'image_url', image_url: { url: '[image/png: 900000 bytes]' } }, 'image', 'image/png'],
    [
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '[data: 900000 bytes]' } },
      'image',
      'image/jpeg',
    ],
  ])('keeps its kind and the size that it had: %j', (part, kind, mimeType) => {
    const [message] = toMessages([{ role: 'user', content: [part, { type: 'text', text: 'What is this?' }] }]) ?? [];
    expect(message?.parts).toEqual([
      { type: 'media', kind, mimeType, reference: null, bytes: 900_000 },
      { type: 'text', text: 'What is this?' },
    ]);
  });
});

describe('the text that a person would read', () => {
  it('is found under the names that questions and answers usually have', () => {
    expect(toPlainText({ query: 'What is the capital of France?', top: 3 }, 'input')).toBe(
      'What is the capital of France?',
    );
    expect(toPlainText({ answer: 'Paris', input: 'x' }, 'output')).toBe('Paris');
    expect(toPlainText({ data: 'some data' }, 'output')).toBe('some data');
  });

  it('is found in the arguments of a function, where only one can be meant', () => {
    expect(toPlainText({ args: ['What is it?'], kwargs: {} }, 'input')).toBe('What is it?');
    expect(toPlainText({ args: [{ query: 'What is it?', top: 3 }], kwargs: {} }, 'input')).toBe('What is it?');
    expect(toPlainText({ args: [], kwargs: { question: 'What is it?' } }, 'input')).toBe('What is it?');
    expect(toPlainText({ args: ['a', 'b'], kwargs: {} }, 'input')).toBeNull();
  });

  it('is found in the inputs and outputs of a chain, and in a list of one text', () => {
    expect(toPlainText({ inputs: { input: 'What is it?' }, tags: [], kwargs: {} }, 'input')).toBe('What is it?');
    expect(toPlainText({ outputs: 'Paris', kwargs: {} }, 'output')).toBe('Paris');
    expect(toPlainText(['What is it?'], 'input')).toBe('What is it?');
    expect(toPlainText({ user_msg: 'What is it?', chat_history: null, memory: null }, 'input')).toBe('What is it?');
    expect(toPlainText({ task: 'What is it?', stream: false, reset: true }, 'input')).toBe('What is it?');
  });

  it('is missing in an object of LlamaIndex that Python wrote and its instrumentation cut off', () => {
    expect(toPlainText('StopEvent(result=AgentOutput(response=ChatMessage(role=<Mes...', 'output')).toBeNull();
    expect(toPlainText('Event(name) is a class.', 'output')).toBe('Event(name) is a class.');
  });

  it('is missing where there is none', () => {
    expect(toPlainText(['a', 'b'], 'input')).toBeNull();
    expect(toPlainText({ a: 1, b: 'x' }, 'output')).toBeNull();
    expect(toPlainText('  ', 'input')).toBeNull();
    expect(toPlainText([1], 'input')).toBeNull();
  });
});
