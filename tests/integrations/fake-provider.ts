import { randomUUID } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

const MODEL = 'gpt-4o-mini-2024-07-18';
const USAGE = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
const CALL = { id: 'call-1', type: 'function', function: { name: 'weather', arguments: '{"city":"Paris"}' } };

interface ChatRequest {
  readonly messages: readonly { readonly role: string }[];
  readonly tools?: readonly unknown[];
  readonly stream?: boolean;
}

/**
 * The APIs of OpenAI (chat completions) and Anthropic (messages), on loopback until the end of the test. It calls the tool `weather`
 * where it is given tools; it answers "It is 18 degrees in Paris." to the result, and "The capital of France is Paris." else.
 * @returns the environment by which the clients find it
 */
export async function startFakeProvider(): Promise<Record<string, string>> {
  const server = createServer(async (request, response) => {
    const body = (await json(request)) as ChatRequest;
    if (request.url?.endsWith('/chat/completions')) chat(body, response);
    else if (request.url?.endsWith('/messages')) reply(response, anthropicMessage());
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    OPENAI_BASE_URL: `${url}/v1`,
    OPENAI_API_KEY: 'no-key',
    ANTHROPIC_BASE_URL: url,
    ANTHROPIC_API_KEY: 'no-key',
  };
}

function chat({ messages, stream, tools }: ChatRequest, response: ServerResponse): void {
  const isAnswered = messages.at(-1)?.role === 'tool';
  const message =
    tools && tools.length > 0 && !isAnswered
      ? { role: 'assistant', content: null, tool_calls: [CALL] }
      : { role: 'assistant', content: isAnswered ? 'It is 18 degrees in Paris.' : 'The capital of France is Paris.' };
  const finish = 'tool_calls' in message ? 'tool_calls' : 'stop';
  const about = { id: `chatcmpl-${randomUUID()}`, created: 1_777_888_800, model: MODEL };
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason: finish }];
    reply(response, { ...about, object: 'chat.completion', choices, usage: USAGE });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const send = (chunk: object) =>
    response.write(`data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', ...chunk })}\n\n`);
  const deltas =
    'tool_calls' in message
      ? [{ role: 'assistant', tool_calls: [{ index: 0, ...CALL }] }]
      : message.content.split(/(?<= )/).map((content) => ({ role: 'assistant', content }));
  for (const delta of deltas) send({ choices: [{ index: 0, delta, finish_reason: null }] });
  send({ choices: [{ index: 0, delta: {}, finish_reason: finish }] });
  send({ choices: [], usage: USAGE });
  response.end('data: [DONE]\n\n');
}

function anthropicMessage(): object {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-5-5',
    content: [{ type: 'text', text: 'The capital of France is Paris.' }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 100, output_tokens: 20 },
  };
}

function reply(response: ServerResponse, body: object): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
