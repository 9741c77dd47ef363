import { createServer, type ServerResponse } from 'node:http';
import { type FakeModelApi, listening } from './fake-model-api.js';

const ARGUMENTS = '{"city":"Paris"}';

const GROQ_USAGE = {
  ...{ queue_time: 0.02, prompt_tokens: 7, prompt_time: 0.001, completion_tokens: 3 },
  ...{ completion_time: 0.01, total_tokens: 10, total_time: 0.011 },
};
const CALL = { id: 'call-1', type: 'function', function: { name: 'get_weather', arguments: ARGUMENTS } };
const groqChunk = (delta: object, finish: string | null = null, rest: object = {}) => ({
  ...{ id: 'chatcmpl-1', object: 'chat.completion.chunk', created: 1, model: 'llama-3.3-70b-versatile' },
  choices: [{ index: 0, delta, logprobs: null, finish_reason: finish }],
  ...rest,
});
const groqChunks = (deltas: readonly object[], finish: string) => [
  groqChunk({ role: 'assistant', content: '' }, null, { x_groq: { id: 'req-1' } }),
  ...deltas.map((delta) => groqChunk(delta)),
  groqChunk({}, finish, { x_groq: { id: 'req-1', usage: GROQ_USAGE } }),
];
const GROQ_ANSWER = groqChunks([{ reasoning: 'Easy.' }, { content: 'Par' }, { content: 'is.' }], 'stop');
const GROQ_CALLS = groqChunks([{ tool_calls: [{ index: 0, ...CALL }] }], 'tool_calls');

const COHERE_TOKENS = { input_tokens: 7, output_tokens: 3 };
const COHERE_USAGE = { billed_units: { input_tokens: 2, output_tokens: 3 }, tokens: COHERE_TOKENS };
const delta = (type: string, message: object) => ({ type, index: 0, delta: { message } });
const cohereEvents = (events: readonly object[], finish: string) => [
  {
    type: 'message-start',
    id: '1',
    delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [] } },
  },
  ...events,
  { type: 'message-end', delta: { finish_reason: finish, usage: COHERE_USAGE } },
];
const COHERE_ANSWER = cohereEvents(
  [
    delta('content-start', { content: { type: 'thinking', thinking: '' } }),
    delta('content-delta', { content: { thinking: 'Easy.' } }),
    { type: 'content-end', index: 0 },
    delta('content-start', { content: { type: 'text', text: '' } }),
    delta('content-delta', { content: { text: 'Par' } }),
    delta('content-delta', { content: { text: 'is.' } }),
    { type: 'content-end', index: 0 },
  ],
  'COMPLETE',
);
const COHERE_CALLS = cohereEvents(
  [
    delta('tool-plan-delta', { tool_plan: 'I look ' }),
    delta('tool-plan-delta', { tool_plan: 'it up.' }),
    delta('tool-call-start', { tool_calls: { ...CALL, function: { name: 'get_weather', arguments: '' } } }),
    delta('tool-call-delta', { tool_calls: { function: { arguments: '{"city":' } } }),
    delta('tool-call-delta', { tool_calls: { function: { arguments: '"Paris"}' } } }),
    { type: 'tool-call-end', index: 0 },
  ],
  'TOOL_CALL',
);

/** Of the first version of Cohere's API. */
const cohereOneAnswer = (text: string, rest: object = {}) => ({
  ...{ response_id: '1', generation_id: '1', text, finish_reason: 'COMPLETE', ...rest },
  meta: { api_version: { version: '1' }, billed_units: { input_tokens: 2, output_tokens: 3 }, tokens: COHERE_TOKENS },
});
const COHERE_ONE_CALLS = { tool_calls: [{ name: 'get_weather', parameters: { city: 'Paris' } }] };
const cohereOneEvents = (events: readonly object[], response: object) => [
  { event_type: 'stream-start', generation_id: '1', is_finished: false },
  ...events.map((event) => ({ is_finished: false, ...event })),
  { event_type: 'stream-end', is_finished: true, finish_reason: 'COMPLETE', response },
];
const COHERE_ONE_STREAM = cohereOneEvents(
  [
    { event_type: 'text-generation', text: 'Par' },
    { event_type: 'text-generation', text: 'is.' },
  ],
  cohereOneAnswer('Paris.'),
);
const COHERE_ONE_CALLING = cohereOneEvents(
  [
    { event_type: 'tool-calls-chunk', tool_call_delta: { index: 0, name: 'get_weather' } },
    { event_type: 'tool-calls-generation', text: 'I look it up.', ...COHERE_ONE_CALLS },
  ],
  cohereOneAnswer('I look it up.', COHERE_ONE_CALLS),
);

/**
 * The APIs of Groq and of both versions of Cohere on 127.0.0.1. It calls the tool `get_weather` where it is given tools, and answers
 * `Paris.` else.
 */
export async function startFakeGroqAndCohere(): Promise<FakeModelApi> {
  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const { stream, tools } = JSON.parse(body);
    const path = request.url ?? '';
    const sent = (whole: object, events: readonly object[], calling: readonly object[], separator: string) =>
      stream ? streamed(answer, tools ? calling : events, separator) : answer.end(JSON.stringify(whole));
    answer.setHeader('content-type', stream ? 'text/event-stream' : 'application/json');
    if (path.endsWith('/chat/completions')) sent(groqWhole(tools), GROQ_ANSWER, GROQ_CALLS, 'data: ');
    else if (path === '/v2/chat') sent(cohereWhole(tools), COHERE_ANSWER, COHERE_CALLS, 'event: message\ndata: ');
    else if (path === '/v1/chat') {
      sent(cohereOneAnswer('Paris.', tools && COHERE_ONE_CALLS), COHERE_ONE_STREAM, COHERE_ONE_CALLING, '');
    } else answer.writeHead(404).end();
  });
  return listening(server);
}

function groqWhole(tools: unknown): object {
  const message = tools ? { role: 'assistant', tool_calls: [CALL] } : { role: 'assistant', content: 'Paris.' };
  return {
    ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'llama-3.3-70b-versatile', usage: GROQ_USAGE },
    choices: [{ index: 0, message, logprobs: null, finish_reason: tools ? 'tool_calls' : 'stop' }],
  };
}

function cohereWhole(tools: unknown): object {
  const message = tools
    ? { role: 'assistant', tool_plan: 'I look it up.', tool_calls: [CALL] }
    : { role: 'assistant', content: [{ type: 'text', text: 'Paris.' }] };
  return { id: '1', message, finish_reason: 'COMPLETE', usage: COHERE_USAGE };
}

/** Server-sent events, or lines of JSON where nothing stands before the JSON. */
function streamed(answer: ServerResponse, events: readonly object[], before: string): void {
  for (const event of events) answer.write(`${before}${JSON.stringify(event)}\n${before === '' ? '' : '\n'}`);
  answer.end(before === 'data: ' ? 'data: [DONE]\n\n' : '');
}
