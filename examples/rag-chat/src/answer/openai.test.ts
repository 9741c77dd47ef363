import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { ModelEvent, ModelRequest } from './model.js';
import { createOpenAiModel, type OpenAiOptions } from './openai.js';

const servers: Server[] = [];

afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  }
});

interface Received {
  readonly path: string | undefined;
  readonly authorization: string | undefined;
  readonly body: Record<string, unknown>;
}

/** An endpoint that speaks the protocol over a real socket and remembers what it was asked. */
async function endpoint(
  answer: (response: ServerResponse) => void,
): Promise<{ baseUrl: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    received.push({
      path: request.url,
      authorization: request.headers.authorization,
      body: JSON.parse(await textOf(request)) as Record<string, unknown>,
    });
    answer(response);
  });
  servers.push(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return { baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`, received };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) text += chunk;
  return text;
}

function stream(...chunks: unknown[]): (response: ServerResponse) => void {
  return (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const chunk of chunks)
      response.write(`data: ${typeof chunk === 'string' ? chunk : JSON.stringify(chunk)}\n\n`);
    response.end();
  };
}

const delta = (content: object) => ({ choices: [{ index: 0, delta: content, finish_reason: null }] });
const REQUEST: ModelRequest = { messages: [{ role: 'user', content: 'Hello?' }], tools: [], passages: [] };

async function generate(options: Omit<OpenAiOptions, 'model'>, request = REQUEST): Promise<ModelEvent[]> {
  const events: ModelEvent[] = [];
  for await (const event of createOpenAiModel({ ...options, model: 'test-model' }).generate(request))
    events.push(event);
  return events;
}

describe('a model behind the chat completions protocol', () => {
  it('gives the text piece by piece and then the usage', async () => {
    const { baseUrl } = await endpoint(
      stream(
        delta({ role: 'assistant', content: '' }),
        delta({ content: 'Hel' }),
        delta({ content: 'lo' }),
        { choices: [], usage: { prompt_tokens: 12, completion_tokens: 3, total_tokens: 15 } },
        '[DONE]',
      ),
    );
    expect(await generate({ baseUrl })).toEqual([
      { type: 'text', text: 'Hel' },
      { type: 'text', text: 'lo' },
      { type: 'usage', usage: { usageDetails: { input: 12, output: 3, total: 15 } } },
    ]);
  });

  it('asks for a stream with usage, with the key as a bearer token', async () => {
    const { baseUrl, received } = await endpoint(stream('[DONE]'));
    await generate({ baseUrl: `${baseUrl}/`, apiKey: 'secret' });
    expect(received).toEqual([
      {
        path: '/v1/chat/completions',
        authorization: 'Bearer secret',
        body: {
          model: 'test-model',
          messages: REQUEST.messages,
          temperature: 0.2,
          stream: true,
          stream_options: { include_usage: true },
        },
      },
    ]);
  });

  it('puts together tool calls that come in pieces', async () => {
    const piece = (index: number, part: object) => delta({ tool_calls: [{ index, ...part }] });
    const { baseUrl } = await endpoint(
      stream(
        piece(0, { id: 'call_a', type: 'function', function: { name: 'read_section', arguments: '' } }),
        piece(0, { function: { arguments: '{"document":' } }),
        piece(1, { id: 'call_b', type: 'function', function: { name: 'list_documents', arguments: '{}' } }),
        piece(0, { function: { arguments: '"a.md"}' } }),
        '[DONE]',
      ),
    );
    expect(await generate({ baseUrl })).toEqual([
      {
        type: 'tool_calls',
        calls: [
          { id: 'call_a', type: 'function', function: { name: 'read_section', arguments: '{"document":"a.md"}' } },
          { id: 'call_b', type: 'function', function: { name: 'list_documents', arguments: '{}' } },
        ],
      },
    ]);
  });

  it('takes cached and reasoning tokens out of input and output, and prices the whole', async () => {
    const usage = {
      prompt_tokens: 1000,
      completion_tokens: 200,
      prompt_tokens_details: { cached_tokens: 400 },
      completion_tokens_details: { reasoning_tokens: 50 },
    };
    const { baseUrl } = await endpoint(stream({ choices: [], usage }, '[DONE]'));
    expect(await generate({ baseUrl, price: { input: 2, output: 10 } })).toEqual([
      {
        type: 'usage',
        usage: {
          usageDetails: {
            input: 600,
            output: 150,
            input_cached_tokens: 400,
            output_reasoning_tokens: 50,
            total: 1200,
          },
          costDetails: { input: 0.002, output: 0.002, total: 0.004 },
        },
      },
    ]);
  });

  it('reads events that the network cut anywhere, inside a letter too', async () => {
    const bytes = Buffer.from(
      `: hello\r\n\r\ndata: ${JSON.stringify(delta({ content: 'Grüße' }))}\r\n\r\ndata: [DONE]\r\n\r\n`,
    );
    const { baseUrl } = await endpoint((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      const send = (at: number) => {
        if (at === bytes.length) response.end();
        else response.write(bytes.subarray(at, at + 1), () => setImmediate(send, at + 1));
      };
      send(0);
    });
    expect(await generate({ baseUrl })).toEqual([{ type: 'text', text: 'Grüße' }]);
  });

  it('reports what an endpoint that refuses has said', async () => {
    const { baseUrl } = await endpoint((response) => response.writeHead(429).end('{"error":"slow down"}'));
    await expect(generate({ baseUrl })).rejects.toThrow(/chat\/completions answered 429: .*slow down/);
  });

  it('does not treat half an answer as a complete one', async () => {
    const { baseUrl } = await endpoint(stream(delta({ content: 'Half' })));
    await expect(generate({ baseUrl })).rejects.toThrow('ended before it was complete');
  });

  it('reports an error that comes in the stream', async () => {
    const { baseUrl } = await endpoint(stream({ error: { message: 'overloaded' } }));
    await expect(generate({ baseUrl })).rejects.toThrow('overloaded');
  });

  it('stops when the signal is aborted', async () => {
    const { baseUrl } = await endpoint((response) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`data: ${JSON.stringify(delta({ content: 'One' }))}\n\n`);
    });
    const left = new AbortController();
    const model = createOpenAiModel({ baseUrl, model: 'test-model' });
    const answer = async () => {
      for await (const _ of model.generate({ ...REQUEST, signal: left.signal })) left.abort(new Error('left'));
    };
    await expect(answer()).rejects.toThrow();
  });
});
