import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import * as core from './core.js';
import * as all from './index.js';
import { parentOf, recordSpans } from './testing/recorded-spans.js';

const spans = recordSpans();
const { observationInput, observationLevel, observationOutput, sessionId } = SpanAttributeKeys;

it('every name of @powerrag/tracing/core is one of @powerrag/tracing', () => {
  expect(Object.keys(all)).toEqual(expect.arrayContaining(Object.keys(core)));
});

describe('with @powerrag/tracing/core', () => {
  it('a function that returns a promise is observed until that is fulfilled, with its children below it', async () => {
    const find = core.observe(async (query: string) => [query], { name: 'find' });
    const answer = core.observe(async (question: string) => (await find(question)).length, { name: 'answer' });
    expect(await answer('Where?')).toBe(1);
    expect(spans.named('answer').attributes).toMatchObject({ [observationInput]: 'Where?', [observationOutput]: '1' });
    expect(parentOf(spans.named('find'))).toBe(spans.named('answer').spanContext().spanId);
  });

  it('a promise that is rejected is recorded as an error, and rejects as before', async () => {
    const failure = new Error('no answer');
    const failing = core.startActiveObservation('ask', async () => Promise.reject(failure));
    await expect(failing).rejects.toBe(failure);
    expect(spans.named('ask').attributes[observationLevel]).toBe('ERROR');
  });

  it('a session reaches what is started after an await', async () => {
    await core.withSession('chat-1', async () => {
      await null;
      core.startObservation('step').end();
    });
    expect(spans.named('step').attributes[sessionId]).toBe('chat-1');
  });

  it('a stream or generator is handed on untouched, and its observation ends as it is returned', async () => {
    const stream = new ReadableStream();
    expect(core.observe(() => stream, { name: 'stream' })()).toBe(stream);
    const words = core.observe(
      function* () {
        yield* ['Par', 'is'];
      },
      { name: 'words' },
    );
    const said = words();
    expect(spans.all().map(({ name }) => name)).toEqual(['stream', 'words']);
    expect([...said].join('')).toBe('Paris');
  });

  it('a method is observed by a decorator', () => {
    const method = (a: number) => a + 1;
    const context = { kind: 'method', name: 'add', addInitializer() {} } as unknown;
    const decorate = core.observe({ name: 'add' });
    expect(decorate(method, context as ClassMethodDecoratorContext)(1)).toBe(2);
    expect(spans.named('add').attributes[observationOutput]).toBe('2');
  });
});
