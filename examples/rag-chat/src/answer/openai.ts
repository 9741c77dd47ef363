import type { Model, ModelEvent, ModelRequest, ToolCall, Usage } from './model.js';
import { eventData } from './sse.js';

export interface OpenAiOptions {
  /** Up to and with the version: `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  /** Sent as a bearer token. Servers on one's own machine often need none. */
  readonly apiKey?: string;
  readonly model: string;
  /** US dollars per million tokens. Without it no cost is recorded: a guessed price is worse than no price. */
  readonly price?: { readonly input: number; readonly output: number };
}

const TEMPERATURE = 0.2;

/** A model behind the chat completions protocol, streamed. */
export function createOpenAiModel(options: OpenAiOptions): Model {
  const url = `${options.baseUrl.replace(/\/+$/, '')}/chat/completions`;
  return {
    name: options.model,
    parameters: { temperature: TEMPERATURE },
    async *generate(request) {
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(options.apiKey && { authorization: `Bearer ${options.apiKey}` }),
        },
        body: JSON.stringify(requestBody(options.model, request)),
        ...(request.signal && { signal: request.signal }),
      });
      if (!response.ok || !response.body) {
        const said = (await response.text()).slice(0, 500);
        throw new Error(`${url} answered ${response.status}: ${said}`);
      }
      yield* readCompletion(response.body, options.price);
    },
  };
}

function requestBody(model: string, { messages, tools }: ModelRequest): Record<string, unknown> {
  return {
    model,
    messages,
    temperature: TEMPERATURE,
    stream: true,
    stream_options: { include_usage: true },
    ...(tools.length > 0 && { tools }),
  };
}

/** The parts of a streamed chunk that are read here. Servers leave out what they do not know, so any of them may be missing. */
interface CompletionChunk {
  readonly error?: { readonly message?: string } | null;
  readonly choices?: readonly {
    readonly delta?: { readonly content?: string | null; readonly tool_calls?: readonly ToolCallDelta[] | null };
  }[];
  readonly usage?: WireUsage | null;
}

interface ToolCallDelta {
  readonly index: number;
  readonly id?: string;
  readonly function?: { readonly name?: string; readonly arguments?: string };
}

interface WireUsage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly prompt_tokens_details?: { readonly cached_tokens?: number } | null;
  readonly completion_tokens_details?: { readonly reasoning_tokens?: number } | null;
}

async function* readCompletion(
  body: AsyncIterable<Uint8Array>,
  price: OpenAiOptions['price'],
): AsyncGenerator<ModelEvent> {
  const calls = new Map<number, { id: string; name: string; arguments: string }>();
  let finished = false;
  for await (const data of eventData(body)) {
    if (data === '[DONE]') {
      finished = true;
      break;
    }
    const chunk = JSON.parse(data) as CompletionChunk;
    if (chunk.error) throw new Error(`the model's stream reported: ${chunk.error.message ?? data}`);
    const delta = chunk.choices?.[0]?.delta;
    if (delta?.content) yield { type: 'text', text: delta.content };
    for (const part of delta?.tool_calls ?? []) addToCall(calls, part);
    if (chunk.usage) yield { type: 'usage', usage: toUsage(chunk.usage, price) };
  }
  if (!finished) throw new Error("the model's stream ended before it was complete");
  if (calls.size > 0) yield { type: 'tool_calls', calls: [...calls.values()].map(toToolCall) };
}

/** A call comes in pieces: the id and name first, then its arguments a few characters at a time. */
function addToCall(calls: Map<number, { id: string; name: string; arguments: string }>, part: ToolCallDelta): void {
  const call = calls.get(part.index) ?? { id: `call-${part.index}`, name: '', arguments: '' };
  calls.set(part.index, {
    id: part.id ?? call.id,
    name: call.name + (part.function?.name ?? ''),
    arguments: call.arguments + (part.function?.arguments ?? ''),
  });
}

function toToolCall(call: { id: string; name: string; arguments: string }): ToolCall {
  return { id: call.id, type: 'function', function: { name: call.name, arguments: call.arguments } };
}

/** Cached and reasoning tokens are parts of the prompt and the completion: they are taken out there, so that nothing counts twice. */
function toUsage(usage: WireUsage, price: OpenAiOptions['price']): Usage {
  const cached = usage.prompt_tokens_details?.cached_tokens ?? 0;
  const reasoning = usage.completion_tokens_details?.reasoning_tokens ?? 0;
  const usageDetails = {
    input: usage.prompt_tokens - cached,
    output: usage.completion_tokens - reasoning,
    ...(cached > 0 && { input_cached_tokens: cached }),
    ...(reasoning > 0 && { output_reasoning_tokens: reasoning }),
    total: usage.prompt_tokens + usage.completion_tokens,
  };
  if (!price) return { usageDetails };
  const input = (usage.prompt_tokens * price.input) / 1e6;
  const output = (usage.completion_tokens * price.output) / 1e6;
  return { usageDetails, costDetails: { input, output, total: input + output } };
}
