import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

export interface FakeModelApi {
  /** Without a trailing slash. */
  readonly url: string;
  close(): Promise<void>;
}

const chat = (delta: object, rest: object = {}) => ({
  id: 'chatcmpl-1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'gpt-4o',
  choices: [{ index: 0, delta, finish_reason: null }],
  ...rest,
});
const message = { role: 'assistant', content: 'Paris.' };
const usage = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 };

const CHAT = [
  chat({ role: 'assistant', content: '' }),
  chat({ content: 'Par' }),
  chat({ content: 'is.' }),
  chat({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }),
  chat({}, { choices: [], usage }),
];

const response = {
  ...{ id: 'resp_1', object: 'response', created_at: 1, status: 'in_progress', model: 'gpt-5', output: [] as object[] },
  ...{ error: null, incomplete_details: null, instructions: null, metadata: {}, tools: [], parallel_tool_calls: true },
};
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'in_progress', content: [] as object[] };
const part = { type: 'output_text', text: '', annotations: [] };
const at = { item_id: 'msg_1', output_index: 0, content_index: 0 };
const finished = { ...item, status: 'completed', content: [{ ...part, text: 'Paris.' }] };
const RESPONSE = [
  { type: 'response.created', response },
  { type: 'response.output_item.added', output_index: 0, item },
  { type: 'response.content_part.added', ...at, part },
  { type: 'response.output_text.delta', ...at, delta: 'Par' },
  { type: 'response.output_text.delta', ...at, delta: 'is.' },
  { type: 'response.output_text.done', ...at, text: 'Paris.' },
  { type: 'response.output_item.done', output_index: 0, item: finished },
  {
    type: 'response.completed',
    response: {
      ...response,
      status: 'completed',
      output: [finished],
      usage: { input_tokens: 7, output_tokens: 3, total_tokens: 10 },
    },
  },
];

const MESSAGE = [
  {
    type: 'message_start',
    message: {
      ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [], stop_reason: null },
      ...{ stop_sequence: null, usage: { input_tokens: 7, output_tokens: 1 } },
    },
  },
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Par' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'is.' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
  { type: 'message_stop' },
];

/** For chat completions and responses of OpenAI and messages of Anthropic, on 127.0.0.1: answers every question with `Paris.`. */
export async function startFakeModelApi(): Promise<FakeModelApi> {
  const server = createServer(async (request, answer) => {
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += chunk;
    const isStreamed = JSON.parse(body).stream === true;
    const path = request.url ?? '';
    if (!isStreamed) {
      answer.writeHead(200, { 'content-type': 'application/json' });
      answer.end(
        JSON.stringify({
          ...{ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'gpt-4o', usage },
          choices: [{ index: 0, message, finish_reason: 'stop' }],
        }),
      );
      return;
    }
    const events = path.endsWith('/messages') ? MESSAGE : path.endsWith('/responses') ? RESPONSE : CHAT;
    answer.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const event of events) {
      if ('type' in event) answer.write(`event: ${event.type}\n`);
      answer.write(`data: ${JSON.stringify(event)}\n\n`);
    }
    answer.end(events === CHAT ? 'data: [DONE]\n\n' : '');
  });
  return listening(server);
}

/** Listens on any free port of this machine. */
export async function listening(server: Server): Promise<FakeModelApi> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake model API was given no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
