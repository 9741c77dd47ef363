import { describe, expect, it } from 'vitest';
import type { Model, ModelEvent, ModelRequest, ToolCall } from './answer/model.js';
import { createChat } from './chat.js';
import { createPassageIndex } from './retrieve.js';
import { MANUAL } from './test-passages.js';
import { createTools } from './tools.js';

/** A model with scripted answers, one for each request, that remembers what it was asked. */
function scriptedModel(answers: readonly (readonly ModelEvent[])[]): { model: Model; requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  const model: Model = {
    name: 'scripted',
    parameters: {},
    async *generate(request) {
      yield* answers[requests.length] ?? answers.at(-1) ?? [];
      requests.push({ ...request, messages: [...request.messages] });
    },
  };
  return { model, requests };
}

const says = (text: string): ModelEvent[] => [{ type: 'text', text }];
const calls = (name: string, args: string): ModelEvent[] => [{ type: 'tool_calls', calls: [toolCall(name, args)] }];
const toolCall = (name: string, args: string): ToolCall => ({
  id: `call-${name}`,
  type: 'function',
  function: { name, arguments: args },
});

function chatOf(answers: readonly (readonly ModelEvent[])[]) {
  const { model, requests } = scriptedModel(answers);
  const chat = createChat({ index: createPassageIndex(MANUAL), model, tools: createTools(MANUAL) });
  return { chat, requests };
}

const ASKED = { conversationId: 'c-1', question: 'How do I remove scale?', history: [] };

describe('a turn of the chat', () => {
  it('gives the model the best passages, the history and the question, in this order', async () => {
    const { chat, requests } = chatOf([says('With vinegar. [1]')]);
    const history = [
      { role: 'user', content: 'Hello!' },
      { role: 'assistant', content: 'Good day.' },
    ] as const;
    const turn = await chat.turn({ ...ASKED, history });
    expect(turn).toMatchObject({ answer: 'With vinegar. [1]', tools: [] });
    expect(turn.sources[0]?.id).toBe('docs/kettle.md#descaling');
    const messages = requests[0]?.messages ?? [];
    expect(messages.map((message) => message.role)).toEqual(['system', 'user', 'assistant', 'user']);
    expect(messages[0]?.content).toContain('[1] docs/kettle.md, The kettle › Descaling');
    expect(messages[3]?.content).toBe('How do I remove scale?');
  });

  it('runs the tool that the model asks for, and asks it again with the result', async () => {
    const { chat, requests } = chatOf([calls('list_documents', '{}'), says('Two.')]);
    expect(await chat.turn(ASKED)).toMatchObject({ answer: 'Two.', tools: ['list_documents'] });
    expect(requests[1]?.messages.slice(-2)).toEqual([
      { role: 'assistant', content: null, tool_calls: [toolCall('list_documents', '{}')] },
      { role: 'tool', tool_call_id: 'call-list_documents', content: expect.stringContaining('docs/kettle.md') },
    ]);
  });

  it.each([
    ['read_section', '{"document":"docs/teapot.md"}', 'there is no document \\"docs/teapot.md\\"'],
    ['make_tea', '{}', 'there is no tool named \\"make_tea\\"'],
    ['read_section', '{"document":', 'must be a JSON object'],
  ])('tells the model when %s(%s) fails', async (name, args, reason) => {
    const { chat, requests } = chatOf([calls(name, args), says('Sorry.')]);
    expect(await chat.turn(ASKED)).toMatchObject({ answer: 'Sorry.' });
    expect(requests[1]?.messages.at(-1)).toMatchObject({ role: 'tool', content: expect.stringContaining(reason) });
  });

  it('stops offering tools to a model that keeps asking for them', async () => {
    const { chat, requests } = chatOf([calls('list_documents', '{}')]);
    await chat.turn(ASKED);
    expect(requests).toHaveLength(4);
    expect(requests.map((request) => request.tools.length)).toEqual([3, 3, 3, 0]);
  });

  it('fails when the model does', async () => {
    const model: Model = {
      name: 'away',
      parameters: {},
      // biome-ignore lint/correctness/useYield: it fails before it says anything
      async *generate() {
        throw new Error('nobody home');
      },
    };
    const chat = createChat({ index: createPassageIndex(MANUAL), model, tools: new Map() });
    await expect(chat.turn(ASKED)).rejects.toThrow('nobody home');
  });
});
