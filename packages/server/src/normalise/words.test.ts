import type { Message } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { readBody } from '../replay/body.js';
import { toMessages } from '../replay/messages/index.js';
import { toPlainText } from '../replay/messages/plain.js';
import { normalise } from './index.js';
import { recordedSpans, spanWith } from './testing.js';

type Span = ReturnType<typeof spanWith>;

function read(span: Span, side: 'input' | 'output') {
  const body = readBody(normalise(span).body[side]);
  return body === null ? null : (toMessages(body, side) ?? toPlainText(body, side) ?? body);
}

/** What a person reads of one side, a line for each part: `user: Hi`, `call get_weather`, `result of get_weather`. */
function lines(span: Span, side: 'input' | 'output'): string[] {
  const found = read(span, side);
  if (typeof found === 'string') return [found];
  return Array.isArray(found) ? found.flatMap((message) => linesOf(message as Message)) : [];
}

function linesOf({ role, parts }: Message): string[] {
  return parts.map((part) => {
    if (part.type === 'text') return `${role}: ${part.text}`;
    if (part.type === 'tool_call') return `${role}: call ${part.name} ${JSON.stringify(part.arguments)}`;
    return part.type === 'tool_result' ? `${role}: result of ${part.name}` : `${role}: ${part.type}`;
  });
}

const FRANCE = 'What is the capital of France?';
const PARIS = 'The capital of France is Paris. (answer 1)';
const WEATHER = 'What is the weather in Paris?';
const CALL = 'assistant: call get_weather {"city":"Paris"}';
const RESULT = 'tool: result of get_weather';

describe('what was asked and answered can be read', () => {
  it('in Strands, whose choice is a text or a list of blocks', () => {
    const spans = recordedSpans('strands');
    const named = (name: string) => spans.filter((span) => span.name === name);
    const [agent, second] = named('invoke_agent assistant');
    const [chat, calling, answering] = named('chat');
    const [tool] = named('execute_tool get_weather');
    if (!(agent && second && chat && calling && answering && tool)) throw new Error('Record the spans anew.');
    expect(lines(agent, 'input')).toEqual(['system: Be short.', `user: ${FRANCE}`]);
    expect(lines(agent, 'output')).toEqual([`assistant: ${PARIS}\n`]);
    expect(lines(chat, 'output')).toEqual([`assistant: ${PARIS}`]);
    expect(lines(calling, 'output')).toEqual([CALL]);
    expect(lines(answering, 'input').slice(-2)).toEqual([CALL, RESULT]);
    expect(lines(second, 'output')).toEqual(['assistant: It is 21 degrees in Paris. (answer 2)\n']);
    expect(normalise(tool).body).toMatchObject({ input: '{"city":"Paris"}', output: '{"temp":21}' });
  });

  it.each([
    ['google-adk-1', 'call_llm', `user: ${FRANCE}`, CALL],
    ['genkit', 'openai/gpt-4o-mini', `user: ${FRANCE}`, `assistant: ${PARIS}`],
    ['genkit', 'chatFlow', FRANCE, PARIS],
    ['mlflow', 'Completions', `user: ${FRANCE}`, `assistant: ${PARIS}`],
    ['mlflow', 'turn', FRANCE, PARIS],
    ['mastra', 'invoke_agent assistant', `user: ${FRANCE}`, PARIS],
    ['mastra', 'model_generation gpt-4o-mini', `user: ${FRANCE}`, PARIS],
    ['langsmith', 'my-agent', `user: ${WEATHER}`, 'assistant: It is 21 degrees in Paris. (answer 1)'],
    ['langsmith', 'model', `user: ${WEATHER}`, CALL],
    ['langsmith', 'ChatOpenAI', `user: ${WEATHER}`, CALL],
    ['pydantic-ai-0', 'agent run', `user: ${FRANCE}`, PARIS],
    ['pydantic-ai-0', 'chat gpt-4o-mini', `user: ${FRANCE}`, `assistant: ${PARIS}`],
  ])('in %s, on the span %s', (recording, name, question, answer) => {
    const span = recordedSpans(recording).find((candidate) => candidate.name === name);
    if (span === undefined) throw new Error('Record the spans anew.');
    expect(lines(span, 'input').at(-1)).toBe(question);
    expect(lines(span, 'output').at(-1)).toBe(answer);
  });

  it.each(['google-adk-1', 'langsmith', 'genkit', 'mlflow', 'strands', 'langgraph-open-inference'])(
    'in %s, with each result of a tool beside its call',
    (recording) => {
      const all = recordedSpans(recording).flatMap((span) => lines(span, 'input'));
      expect(all).toContain(CALL);
      expect(all).toContain(RESULT);
      expect(all).not.toContain('tool: result of null');
    },
  );

  it('in LangGraph through OpenInference, where a copy of the first message stands beside the whole conversation', () => {
    const [graph] = recordedSpans('langgraph-open-inference');
    if (graph === undefined) throw new Error('Record the spans anew.');
    expect(graph.attributes.get('llm.input_messages.0.message.content')).toBeDefined();
    const asked = lines(graph, 'input');
    expect(asked.at(-1)).not.toBe(`user: ${graph.attributes.get('llm.input_messages.0.message.content')}`);
    expect(asked.every((line) => /^(user|assistant|tool): \S/.test(line))).toBe(true);
  });

  it('in LiveKit, under its keys and under those for what is personal', () => {
    const context = { items: [{ type: 'message', role: 'user', content: [FRANCE] }] };
    const call = { call_id: 'c', name: 'get_weather', arguments: '{"city":"Paris"}' };
    const span = spanWith({
      'lk.chat_ctx': JSON.stringify(context),
      'lk.response.text': 'I look.',
      'lk.response.function_calls': [JSON.stringify(call)],
    });
    expect(lines(span, 'input')).toEqual([`user: ${FRANCE}`]);
    expect(lines(span, 'output')).toEqual(['assistant: I look.', CALL]);
    expect(lines(spanWith({ 'lk.pii.user_transcript': FRANCE }), 'input')).toEqual([FRANCE]);
    expect(lines(spanWith({ 'lk.user_input': FRANCE, 'lk.response.text': PARIS }), 'output')).toEqual([PARIS]);
  });

  it('in the one attribute that Pydantic AI has for a call', () => {
    const events = [
      { 'event.name': 'gen_ai.user.message', role: 'user', content: FRANCE },
      { 'event.name': 'gen_ai.tool.message', role: 'tool', id: 'c', name: 'get_weather', content: '21' },
      { 'event.name': 'gen_ai.choice', index: 0, message: { role: 'assistant', content: PARIS } },
    ];
    const span = spanWith({ 'gen_ai.operation.name': 'chat', events: JSON.stringify(events) });
    expect(lines(span, 'input')).toEqual([`user: ${FRANCE}`, RESULT]);
    expect(lines(span, 'output')).toEqual([`assistant: ${PARIS}`]);
    expect(normalise(spanWith({ events: '["a"]' })).body).toMatchObject({ input: null, metadata: { events: '["a"]' } });
  });

  it('in a whole run of Pydantic AI that has no result of its own', () => {
    const messages = [
      { role: 'user', parts: [{ type: 'text', content: WEATHER }] },
      { role: 'assistant', parts: [{ type: 'tool_call', id: 'c', name: 'get_weather', arguments: { city: 'Paris' } }] },
      { role: 'user', parts: [{ type: 'tool_call_response', id: 'c', result: 21 }] },
      { role: 'assistant', parts: [{ type: 'text', content: '21 degrees' }] },
    ];
    const span = spanWith({ 'pydantic_ai.all_messages': JSON.stringify(messages) });
    expect(lines(span, 'input')).toEqual([`user: ${WEATHER}`]);
    expect(lines(span, 'output')).toEqual([CALL, RESULT, 'assistant: 21 degrees']);
  });

  it('in what Haystack itself traces', () => {
    const span = spanWith({
      'haystack.component.input': { messages: [{ role: 'user', content: [{ text: FRANCE }] }] },
      'haystack.component.output': { replies: [{ role: 'assistant', content: [{ text: PARIS }], meta: {} }] },
    });
    expect(lines(span, 'input')).toEqual([`user: ${FRANCE}`]);
    expect(lines(span, 'output')).toEqual([`assistant: ${PARIS}`]);
  });
});
