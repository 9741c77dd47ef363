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

  it('ends its observation after five seconds where nobody reads the body by a method', async () => {
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
