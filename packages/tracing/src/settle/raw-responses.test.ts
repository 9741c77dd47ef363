import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];

/** The promises of OpenAI's and Anthropic's clients, which read the body of the response when they are awaited. */
class ApiPromise extends Promise<unknown> {
  readonly #response: Promise<Response>;
  constructor(response: Promise<Response>) {
    super((resolve) => resolve(null));
    this.#response = response;
  }
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
  override then<R, E>(...args: Parameters<typeof Promise.prototype.then<R, E>>) {
    return this.#response.then((response) => response.json()).then(...args) as Promise<R | E>;
  }
  asResponse() {
    return this.#response.then((response) => response);
  }
}

const answer = () => new Response('{"text":"Paris"}', { headers: { 'x-request-id': 'r1' } });
const ask = observe((response: Promise<Response>) => new ApiPromise(response), { name: 'ask', captureInput: false });

afterEach(() => vi.useRealTimers());

describe('the promise of a model client that is asked for the response itself', () => {
  it('is recorded with the body that the program reads of it', async () => {
    const given = answer();
    const response = await ask(Promise.resolve(given)).asResponse();
    expect(response).toBe(given);
    expect(await response.json()).toEqual({ text: 'Paris' });
    expect(outputOf('ask')).toBe('{"text":"Paris"}');
  });

  it('is recorded with what the program reads of its stream, however long that takes', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    let send: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        send = controller;
      },
    });
    const response = await ask(Promise.resolve(new Response(body))).asResponse();
    const reader = response.body?.getReader();
    const first = reader?.read();
    vi.advanceTimersByTime(3_600_000);
    send?.enqueue(new TextEncoder().encode('Par'));
    await first;
    send?.enqueue(new TextEncoder().encode('is'));
    send?.close();
    await reader?.read();
    expect((await reader?.read())?.done).toBe(true);
    expect(outputOf('ask')).toBe('Paris');
  });

  it.each<[string, (body: ReadableStream<Uint8Array>) => Promise<unknown>]>([
    [
      'for await',
      async (body) => {
        for await (const _piece of body);
      },
    ],
    ['a pipe', (body) => body.pipeTo(new WritableStream())],
    ['another response', (body) => new Response(body).text()],
  ])('is recorded with its text where its stream is read by %s', async (_how, readAll) => {
    const response = await ask(Promise.resolve(answer())).asResponse();
    if (response.body) await readAll(response.body);
    expect(outputOf('ask')).toBe('{"text":"Paris"}');
  });

  it('still gives its answer afterwards', async () => {
    const promise = ask(Promise.resolve(answer()));
    const { headers } = await promise.asResponse();
    expect([headers.get('x-request-id'), await promise]).toEqual(['r1', { text: 'Paris' }]);
    expect(outputOf('ask')).toBe('{"text":"Paris"}');
  });

  it('fails where the request fails', async () => {
    await expect(ask(Promise.reject(new Error('401'))).asResponse()).rejects.toThrow('401');
    expect(spans.named('ask').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it('ends its observation after five seconds where nobody reads the body', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const response = await ask(Promise.resolve(answer())).asResponse();
    vi.advanceTimersByTime(4_999);
    expect(spans.all()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(spans.named('ask').attributes[SpanAttributeKeys.partial]).toBe('abandoned');
    expect(response.bodyUsed).toBe(false);
  });
});

it('a query that hands out its rows as a stream is recorded with them', async () => {
  const find = observe(
    () => ({
      // biome-ignore lint/suspicious/noThenProperty: query builders are thenables.
      then: (resolve: (rows: number[]) => void) => resolve([1, 2]),
      async *stream() {
        yield 1;
        yield 2;
      },
    }),
    { name: 'find' },
  );
  const rows: number[] = [];
  for await (const row of find().stream()) rows.push(row);
  expect([rows, outputOf('find')]).toEqual([[1, 2], '[1,2]']);
});

/** The promise of Cohere's client, and of others that Fern makes. */
class HttpResponsePromise extends Promise<unknown> {
  readonly #whole: Promise<{ data: unknown; rawResponse: object }>;
  constructor(whole: Promise<{ data: unknown; rawResponse: object }>) {
    super((resolve) => resolve(undefined));
    this.#whole = whole;
  }
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested.
  override then<R, E>(...args: Parameters<typeof Promise.prototype.then<R, E>>) {
    return this.#whole.then(({ data }) => data).then(...args) as Promise<R | E>;
  }
  async withRawResponse() {
    return await this.#whole;
  }
}

const CHAT = { model: 'command-a', text: 'Paris', usage: { input_tokens: 7, output_tokens: 3 } };
const rawResponse = { headers: new Headers({ 'x-request-id': 'r1' }), status: 200, url: 'https://api.example' };
async function* pieces() {
  yield { choices: [{ index: 0, delta: { role: 'assistant', content: 'Par' } }], model: 'command-a' };
  yield { choices: [{ index: 0, delta: { content: 'is' } }], usage: CHAT.usage };
}
const streamOf = (source: AsyncGenerator<unknown>) =>
  new ReadableStream<unknown>({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
const asGeneration = <R>(run: () => R) => observe(run, { name: 'ask', asType: 'generation' })();
const reported = () => {
  const { attributes } = spans.named('ask');
  return [attributes[SpanAttributeKeys.observationUsageDetails], attributes[SpanAttributeKeys.observationModel]];
};
const REPORTED = [JSON.stringify(CHAT.usage), 'command-a'];

describe('an answer with the response that brought it', () => {
  const whole = async () => ({ data: CHAT, rawResponse });

  it.each<[string, () => Promise<{ data: unknown; rawResponse: object }>]>([
    ['that the program asks for', () => asGeneration(() => new HttpResponsePromise(whole())).withRawResponse()],
    ['that the function asks for', () => asGeneration(() => new HttpResponsePromise(whole()).withRawResponse())],
    ['that the function has put together', () => asGeneration(whole)],
  ])('%s is recorded as the answer, with its tokens and its model', async (_who, ask) => {
    const { data, rawResponse: response } = await ask();
    expect([data, response]).toEqual([CHAT, rawResponse]);
    expect(outputOf('ask')).toBe(JSON.stringify(CHAT));
    expect(reported()).toEqual(REPORTED);
  });

  it.each<[string, () => unknown]>([
    ['a generator', pieces],
    ['a web stream', () => streamOf(pieces())],
  ])('whose data is %s is recorded when that has been read', async (_what, stream) => {
    const { data, response } = await asGeneration(async () => ({ data: stream(), response: new Response() }));
    expect(response.status).toBe(200);
    expect(spans.all()).toEqual([]);
    for await (const _piece of data as AsyncIterable<unknown>);
    expect(JSON.parse(`${outputOf('ask')}`)).toEqual({ role: 'assistant', content: 'Paris' });
    expect(reported()).toEqual(REPORTED);
  });

  it('streamed by Groq, which counts its tokens in a field of its own, has them recorded', async () => {
    const stream = async function* () {
      yield { choices: [{ index: 0, delta: { content: 'Paris' } }], model: 'command-a', x_groq: { id: 'req_1' } };
      yield { choices: [{ index: 0, delta: {} }], model: 'command-a', x_groq: { id: 'req_1', usage: CHAT.usage } };
    };
    const { data } = await asGeneration(async () => ({ data: stream(), response: new Response() }));
    for await (const _piece of data);
    expect(reported()).toEqual(REPORTED);
  });

  it('fails where the request fails', async () => {
    const failing = asGeneration(() => new HttpResponsePromise(Promise.reject(new Error('401'))));
    await expect(failing.withRawResponse()).rejects.toThrow('401');
    expect(spans.named('ask').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
  });

  it('is only what has a response: other results with data are recorded whole', async () => {
    await asGeneration(async () => ({ data: { rows: 3 }, response: 'Three rows.' }));
    expect(outputOf('ask')).toBe('{"data":{"rows":3},"response":"Three rows."}');
  });
});

describe('the body of a response of a model', () => {
  const { usage } = CHAT;
  const chunk = { model: 'command-a', choices: [{ delta: { content: 'Paris' } }], usage: null };

  it.each<[string, string]>([
    ['JSON', JSON.stringify(CHAT)],
    ['indented JSON', JSON.stringify(CHAT, null, 2)],
    [
      'server-sent events',
      `data: ${JSON.stringify(chunk)}\n\ndata: ${JSON.stringify({ ...chunk, usage })}\n\ndata: [DONE]\n\n`,
    ],
    ['lines of JSON', `${JSON.stringify(chunk)}\n${JSON.stringify({ ...chunk, usage })}\n`],
  ])('in %s tells its tokens and its model', async (_form, body) => {
    const response = await asGeneration(async () => new Response(body));
    expect(await response.text()).toBe(body);
    expect(outputOf('ask')).toBe(body);
    expect(reported()).toEqual(REPORTED);
  });

  it.each(['usage": {', '{"usage": {"input', 'data: {"usage":{'])(
    'that is cut, like %s, is recorded as it is',
    async (body) => {
      await (await asGeneration(async () => new Response(body))).text();
      expect(outputOf('ask')).toBe(body);
      expect(reported()).toEqual([undefined, undefined]);
    },
  );
});
