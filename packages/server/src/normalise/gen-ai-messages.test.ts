import type { Json } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import type { OtlpEvent } from '../otlp/otlp.js';
import { normalise } from './index.js';
import { spanWith } from './testing.js';

function bodyOf(events: Readonly<Record<string, OtlpEvent['attributes'] | undefined>>) {
  const list = Object.entries(events).map(([name, attributes = new Map()]) => ({
    name,
    timeUnixNano: 0n,
    attributes,
  }));
  return normalise(spanWith({ 'gen_ai.operation.name': 'chat' }, { events: list })).body;
}

describe('messages in the events of a GenAI span', () => {
  it('are those of the operation’s details, after the instructions', () => {
    const body = bodyOf({
      'gen_ai.client.inference.operation.details': new Map([
        ['gen_ai.system_instructions', '[{"type":"text","content":"Be brief."}]'],
        ['gen_ai.input.messages', '[{"role":"user","parts":[{"type":"text","content":"Hi"}]}]'],
        ['gen_ai.output.messages', '[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]'],
      ]),
    });
    expect(JSON.parse(body.input ?? '')).toEqual([
      { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] },
      { role: 'user', parts: [{ type: 'text', content: 'Hi' }] },
    ]);
    expect(body.output).toBe('[{"role":"assistant","parts":[{"type":"text","content":"Hello"}]}]');
  });

  it('are one for each message in an older version', () => {
    const calls = '[{"id":"c","type":"function","function":{"name":"add","arguments":"{}"}}]';
    const body = bodyOf({
      'gen_ai.system.message': new Map([['content', 'Be brief.']]),
      'gen_ai.user.message': new Map([['gen_ai.event.content', '{"role":"user","content":"Hi"}']]),
      'gen_ai.assistant.message': new Map([['tool_calls', calls]]),
      'gen_ai.tool.message': new Map([
        ['id', 'c'],
        ['content', '3'],
      ]),
      'gen_ai.choice': new Map([['message', '{"role":"assistant","content":"Hello"}']]),
    });
    expect(JSON.parse(body.input ?? '')).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: null, tool_calls: JSON.parse(calls) },
      { role: 'tool', content: '3', tool_call_id: 'c' },
    ]);
    expect(JSON.parse(body.output ?? '')).toEqual([{ role: 'assistant', content: 'Hello' }]);
  });

  it('are the whole prompt and completion in the oldest version', () => {
    const body = bodyOf({
      'gen_ai.content.prompt': new Map([['gen_ai.prompt', '[{"role":"user","content":"Hi"}]']]),
      'gen_ai.content.completion': new Map([['gen_ai.completion', '[{"role":"assistant","content":"Hello"}]']]),
    });
    expect(body).toMatchObject({
      input: '[{"role":"user","content":"Hi"}]',
      output: '[{"role":"assistant","content":"Hello"}]',
    });
  });

  it.each<[string, Json, Json]>([
    ['a text', 'Paris.\n', { role: 'assistant', content: 'Paris.\n' }],
    ['a text that looks like a list', '[1] Paris', { role: 'assistant', content: '[1] Paris' }],
    ['JSON that somebody said', '[{"city":"Paris"}]', { role: 'assistant', content: '[{"city":"Paris"}]' }],
    [
      'a list of blocks',
      '[{"text":"I look."},{"toolUse":{"toolUseId":"c","name":"add","input":{}}}]',
      { role: 'assistant', content: [{ text: 'I look.' }, { toolUse: { toolUseId: 'c', name: 'add', input: {} } }] },
    ],
    ['an object', { role: 'assistant', content: 'Paris' }, { role: 'assistant', content: 'Paris' }],
  ])('are what a choice has as its message, if that is %s', (_, message, expected) => {
    const { output } = bodyOf({ 'gen_ai.choice': new Map([['message', message]]) });
    expect(JSON.parse(output ?? '')).toEqual([expected]);
  });

  it('are put together from several events of details, of which each has some', () => {
    const event = (key: string, value: Json) => ({
      name: 'gen_ai.client.inference.operation.details',
      timeUnixNano: 0n,
      attributes: new Map([[key, value]]),
    });
    const [hi, hello, bye] = ['Hi', 'Hello', 'Bye'].map((content) => ({
      role: 'user',
      parts: [{ type: 'text', content }],
    }));
    const events = [
      event('gen_ai.system_instructions', [{ type: 'text', content: 'Be brief.' }]),
      event('gen_ai.input.messages', JSON.stringify([hi])),
      event('gen_ai.input.messages', JSON.stringify([hi, hello])),
      event('gen_ai.input.messages', JSON.stringify([bye])),
      event('gen_ai.output.messages', '[{"role":"assistant","parts":[{"type":"text","content":"Yes."}]}]'),
    ];
    const { input, output } = normalise(spanWith({}, { events })).body;
    const system = { role: 'system', parts: [{ type: 'text', content: 'Be brief.' }] };
    expect(JSON.parse(input ?? '')).toEqual([system, hi, hello, bye]);
    expect(JSON.parse(output ?? '')).toEqual([{ role: 'assistant', parts: [{ type: 'text', content: 'Yes.' }] }]);
  });
});
