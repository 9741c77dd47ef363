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
