import { SpanAttributeKeys } from '@powerrag/protocol';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { observe } from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
afterEach(() => void vi.useRealTimers());
const attributesOf = (name: string) => spans.named(name).attributes;

type Part = Readonly<Record<string, unknown>>;
const parts: readonly Part[] = [
  { type: 'start' },
  { type: 'text-delta', id: '1', text: 'Par' },
  { type: 'text-delta', id: '1', text: 'is' },
  { type: 'finish', finishReason: 'stop', totalUsage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 } },
];

/** What `streamText` of the AI SDK returns: all that it gives out comes from one stream, of which each takes a copy. */
class StreamTextResult {
  private baseStream: ReadableStream<{ part: Part; partialOutput: undefined }>;

  constructor(given: readonly Part[]) {
    this.baseStream = new ReadableStream({
      start(controller) {
        for (const part of given) controller.enqueue({ part, partialOutput: undefined });
        controller.close();
      },
    });
  }
  get textStream() {
    const [mine, rest] = this.baseStream.tee();
    this.baseStream = rest;
    return mine.pipeThrough(
      new TransformStream({
        transform({ part }, controller) {
          if (part.type === 'text-delta') controller.enqueue(part.text);
        },
      }),
    );
  }
}

async function textOf(stream: ReadableStream<unknown>): Promise<string> {
  const texts: unknown[] = [];
  for await (const text of stream) texts.push(text);
  return texts.join('');
}

const ask = observe((given: readonly Part[] = parts) => new StreamTextResult(given), {
  name: 'ask',
  asType: 'generation',
});

describe('the result of the AI SDK’s streamText', () => {
  it('is recorded with the message and its tokens, whatever of it is read', async () => {
    const result = ask();
    expect(result).toBeInstanceOf(StreamTextResult);
    expect(spans.all()).toEqual([]);
    expect(await textOf(result.textStream)).toBe('Paris');
    expect(attributesOf('ask')[SpanAttributeKeys.observationOutput]).toBe('{"role":"assistant","content":"Paris"}');
    expect(JSON.parse(String(attributesOf('ask')[SpanAttributeKeys.observationUsageDetails]))).toMatchObject({
      inputTokens: 3,
      outputTokens: 2,
    });
    // Again, from what is left.
    expect(await textOf(result.textStream)).toBe('Paris');
    expect(spans.all()).toHaveLength(1);
  });

  it('ends five minutes after a program has left it in the midst, with what it had read', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const result = ask();
    for await (const _text of result.textStream) break;
    vi.advanceTimersByTime(299_999);
    expect(spans.all()).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(attributesOf('ask')).toMatchObject({
      [SpanAttributeKeys.partial]: 'abandoned',
      [SpanAttributeKeys.observationOutput]: expect.stringContaining('Par'),
    });
    // The program still has its stream.
    expect(await textOf(result.textStream)).toBe('Paris');
  });

  it('stays open while a reader waits for the next piece', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const result = ask();
    const reader = result.textStream.getReader();
    await reader.read();
    vi.advanceTimersByTime(200_000);
    await reader.read();
    vi.advanceTimersByTime(200_000);
    while (!(await reader.read()).done);
    expect(attributesOf('ask')[SpanAttributeKeys.partial]).toBeUndefined();
  });

  it('fails where a part says so, and keeps the text before it', async () => {
    const result = ask([...parts.slice(0, 2), { type: 'error', error: new Error('overloaded') }]);
    expect(await textOf(result.textStream)).toBe('Par');
    expect(attributesOf('ask')).toMatchObject({
      [SpanAttributeKeys.observationLevel]: 'ERROR',
      [SpanAttributeKeys.observationStatusMessage]: 'overloaded',
      [SpanAttributeKeys.observationOutput]: '{"role":"assistant","content":"Par"}',
    });
  });

  it('is a warning where a part says that somebody stopped it', async () => {
    await textOf(ask([...parts.slice(0, 2), { type: 'abort' }]).textStream);
    expect(attributesOf('ask')).toMatchObject({
      [SpanAttributeKeys.observationLevel]: 'WARNING',
      [SpanAttributeKeys.observationStatusMessage]: 'aborted',
    });
  });
});

it('a part tells its tokens beside a response without them, as that of streamObject does', async () => {
  const finish = { type: 'finish', usage: { inputTokens: 3, outputTokens: 2 }, response: { modelId: 'm' } };
  await textOf(ask([...parts.slice(0, 3), finish]).textStream);
  expect(attributesOf('ask')[SpanAttributeKeys.observationUsageDetails]).toBe('{"inputTokens":3,"outputTokens":2}');
});

it('a response of OpenAI that failed while it was streamed is an error', () => {
  const events = observe(
    function* () {
      yield { type: 'response.output_text.delta', delta: 'Par' };
      yield {
        type: 'response.failed',
        response: { error: { code: 'server_error', message: 'try later' }, output: [] },
      };
    },
    { name: 'ask' },
  );
  expect([...events()]).toHaveLength(2);
  expect(attributesOf('ask')).toMatchObject({
    [SpanAttributeKeys.observationLevel]: 'ERROR',
    [SpanAttributeKeys.observationStatusMessage]: 'try later',
  });
});

it('an answer that is of a class tells its tokens, and Gemini’s its model', () => {
  class GenerateContentResponse {
    modelVersion = 'gemini-3';
    usageMetadata = { promptTokenCount: 3, candidatesTokenCount: 2 };
    get text() {
      return 'Paris';
    }
  }
  observe(() => new GenerateContentResponse(), { name: 'ask', asType: 'generation' })();
  expect(attributesOf('ask')[SpanAttributeKeys.observationModel]).toBe('gemini-3');
  expect(attributesOf('ask')[SpanAttributeKeys.observationUsageDetails]).toContain('"promptTokenCount":3');
});
