import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { streamAnthropic, streamGemini, streamResponses } from './model-streams.js';

/**
 * A model that answers the same each time, under the paths of OpenAI (chat, Responses, embeddings), Anthropic, Gemini and Bedrock: the
 * capital of France; by a call of the first tool, where there is one, the weather; and an error where it reads `FAIL`.
 */

/** What a request asks for, whatever its form. */
interface Asked {
  readonly model?: string;
  readonly stream?: boolean;
  readonly tools?: readonly Tool[];
  /** Where Bedrock has the tools. */
  readonly toolConfig?: { readonly tools: readonly Tool[] };
  /** What a call of a certain tool is asked for by, as Instructor does. */
  readonly tool_choice?: unknown;
}

interface Tool {
  readonly name?: string;
  readonly function?: { readonly name: string };
  readonly functionDeclarations?: readonly { readonly name: string }[];
  readonly toolSpec?: { readonly name: string };
}

type Answer = { readonly call: string } | { readonly words: string };

const ARGUMENTS = { city: 'Paris' };

export async function startModel(): Promise<{ readonly url: string; close(): Promise<void> }> {
  let answers = 0;
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const path = request.url ?? '';
    if (body.includes('FAIL')) return fail(response);
    const asked = (body === '' ? {} : JSON.parse(body)) as Asked;
    answers += 1;
    const id = String(answers);
    const answer = answerTo(body, asked, id);
    const route = ROUTES.find(([part]) => path.includes(part));
    if (route !== undefined) return route[1](response, asked, answer, id);
    return send(response, { error: { message: `There is nothing at ${path}` } }, 404);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Reply = (response: ServerResponse, asked: Asked, answer: Answer, id: string) => void;

/** What a path contains, and what answers there. */
const ROUTES: readonly (readonly [part: string, reply: Reply])[] = [
  ['/embeddings', (to, asked) => send(to, embedding(asked))],
  ['/chat/completions', chat],
  ['/responses', (to, asked, ...rest) => (asked.stream ? streamResponses : send)(to, responses(asked, ...rest))],
  ['/messages', (to, asked, ...rest) => (asked.stream ? streamAnthropic : send)(to, anthropic(asked, ...rest))],
  [':generateContent', (to, _, answer) => send(to, gemini(answer))],
  [':streamGenerateContent', (to, _, answer) => streamGemini(to, gemini(answer))],
  ['/converse', (to, _, ...rest) => send(to, bedrock(...rest))],
];

function answerTo(
  body: string,
  { toolConfig, tools = toolConfig?.tools ?? [], tool_choice: choice }: Asked,
  id: string,
): Answer {
  const [tool] = tools;
  const name = tool?.function?.name ?? tool?.name ?? tool?.functionDeclarations?.[0]?.name ?? tool?.toolSpec?.name;
  const hasResult = /"role": ?"tool"|function_call_output|tool_result|functionResponse|toolResult/.test(body);
  if (name !== undefined && isOfOneTool(choice)) return { call: name };
  if (hasResult) return { words: `It is 21 degrees in Paris. (answer ${id})` };
  // DSPy's form of an answer.
  if (body.includes('[[ ## answer ## ]]')) {
    const fields = { reasoning: 'It is known.', answer: `The capital of France is Paris. (answer ${id})` };
    const lines = Object.entries(fields).map(([field, words]) => `[[ ## ${field} ## ]]\n${words}`);
    return { words: [...lines, '[[ ## completed ## ]]'].join('\n\n') };
  }
  return /weather in/i.test(body) && name !== undefined
    ? { call: name }
    : { words: `The capital of France is Paris. (answer ${id})` };
}

/** `auto` is an object with Anthropic. */
function isOfOneTool(choice: unknown): boolean {
  return typeof choice === 'object' && choice !== null && ('function' in choice || 'name' in choice);
}

function fail(response: ServerResponse): void {
  send(response, { error: { message: 'The model exploded', type: 'invalid_request_error', code: 400 } }, 400);
}

function send(response: ServerResponse, answer: object, status = 200): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
}

function embedding({ model }: Asked): object {
  const data = [{ object: 'embedding', index: 0, embedding: [0.1, 0.2] }];
  return { object: 'list', model, data, usage: { prompt_tokens: 7, total_tokens: 7 } };
}

const OPENAI_MODEL = 'gpt-4o-mini-2024-07-18';

function chat(response: ServerResponse, { stream }: Asked, answer: Answer, id: string): void {
  const about = { id: `chatcmpl-${id}`, created: 1, model: OPENAI_MODEL };
  const reason = 'call' in answer ? 'tool_calls' : 'stop';
  const message =
    'call' in answer
      ? {
          role: 'assistant',
          content: null,
          tool_calls: [
            {
              index: 0,
              id: `call_${id}`,
              type: 'function',
              function: { name: answer.call, arguments: JSON.stringify(ARGUMENTS) },
            },
          ],
        }
      : { role: 'assistant', content: answer.words };
  const usage = {
    ...{ prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 },
    prompt_tokens_details: { cached_tokens: 40 },
    completion_tokens_details: { reasoning_tokens: 8 },
  };
  if (!stream) {
    const choices = [{ index: 0, message, finish_reason: reason }];
    send(response, { ...about, object: 'chat.completion', choices, usage });
    return;
  }
  const chunk = (choices: readonly object[], more: object = {}) =>
    `data: ${JSON.stringify({ ...about, object: 'chat.completion.chunk', choices, ...more })}\n\n`;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write(chunk([{ index: 0, delta: message, finish_reason: null }]));
  response.write(chunk([{ index: 0, delta: {}, finish_reason: reason }]));
  response.end(`${chunk([], { usage })}data: [DONE]\n\n`);
}

function responses({ model }: Asked, answer: Answer, id: string) {
  const item =
    'call' in answer
      ? {
          type: 'function_call',
          id: `fc_${id}`,
          call_id: `call_${id}`,
          name: answer.call,
          arguments: JSON.stringify(ARGUMENTS),
        }
      : {
          type: 'message',
          id: `msg_${id}`,
          role: 'assistant',
          content: [{ type: 'output_text', text: answer.words, annotations: [] }],
        };
  return {
    ...{ id: `resp_${id}`, object: 'response', created_at: 1, status: 'completed', model: model ?? OPENAI_MODEL },
    output: [{ ...item, status: 'completed' }],
    ...{ parallel_tool_calls: true, tool_choice: 'auto', tools: [], error: null, incomplete_details: null },
    ...{ instructions: null, metadata: {}, temperature: 1, top_p: 1 },
    usage: {
      ...{ input_tokens: 100, output_tokens: 20, total_tokens: 120 },
      ...{ input_tokens_details: { cached_tokens: 40 }, output_tokens_details: { reasoning_tokens: 8 } },
    },
  };
}

function anthropic({ model }: Asked, answer: Answer, id: string) {
  const block =
    'call' in answer
      ? { type: 'tool_use', id: `toolu_${id}`, name: answer.call, input: ARGUMENTS }
      : { type: 'text', text: answer.words };
  return {
    ...{ id: `msg_${id}`, type: 'message', role: 'assistant', model, content: [block], stop_sequence: null },
    stop_reason: 'call' in answer ? 'tool_use' : 'end_turn',
    usage: { input_tokens: 60, cache_read_input_tokens: 30, cache_creation_input_tokens: 10, output_tokens: 20 },
  };
}

function gemini(answer: Answer): object {
  const part = 'call' in answer ? { functionCall: { name: answer.call, args: ARGUMENTS } } : { text: answer.words };
  return {
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: {
      ...{ promptTokenCount: 100, candidatesTokenCount: 12, thoughtsTokenCount: 8, totalTokenCount: 120 },
      cachedContentTokenCount: 40,
    },
    modelVersion: 'gemini-2.0-flash',
  };
}

function bedrock(answer: Answer, id: string): object {
  const block =
    'call' in answer
      ? { toolUse: { toolUseId: `tooluse_${id}`, name: answer.call, input: ARGUMENTS } }
      : { text: answer.words };
  return {
    output: { message: { role: 'assistant', content: [block] } },
    stopReason: 'call' in answer ? 'tool_use' : 'end_turn',
    usage: { inputTokens: 60, outputTokens: 20, totalTokens: 120, cacheReadInputTokens: 30, cacheWriteInputTokens: 10 },
    metrics: { latencyMs: 5 },
  };
}
