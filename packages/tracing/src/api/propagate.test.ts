import { Readable } from 'node:stream';
import { propagation, trace } from '@opentelemetry/api';
import { BasicTracerProvider, type Span } from '@opentelemetry/sdk-trace-base';
import { BaggageKeys, SpanAttributeKeys, TRACE_UPDATE_ORDER } from '@powerrag/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import {
  type Observation,
  observe,
  type PropagateAttributesOptions,
  propagateAttributes,
  setTracerProvider,
  startActiveObservation,
  startObservation,
} from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => void warn.mockClear());
afterEach(() => propagation.disable());

/** The attributes of a span started under these. */
function under(attributes: PropagateAttributesOptions): Record<string, unknown> {
  propagateAttributes(attributes, () => startObservation('inside').end());
  const { [SpanAttributeKeys.observationType]: _type, ...rest } = spans.named('inside').attributes;
  return rest;
}

/** The position of the span's session id in the order of trace updates. */
function sessionOrder({ otelSpan }: Observation): number {
  return Number((otelSpan as SdkSpan)[TRACE_UPDATE_ORDER]?.[SpanAttributeKeys.sessionId]);
}

describe('propagateAttributes', () => {
  it('sets them on the active span and on every span started inside, not outside', () => {
    startActiveObservation('root', () => {
      propagateAttributes({ sessionId: 's', userId: 'u' }, () => {
        startActiveObservation('child', () => startObservation('grandchild').end());
      });
      startObservation('outside').end();
    });
    for (const name of ['root', 'child', 'grandchild']) {
      expect(spans.named(name).attributes).toMatchObject({ 'session.id': 's', 'user.id': 'u' });
    }
    expect(spans.named('outside').attributes).not.toHaveProperty('session.id');
  });

  it('returns what the function returns, including a promise', async () => {
    expect(propagateAttributes({}, () => 1)).toBe(1);
    expect(await propagateAttributes({}, async () => 2)).toBe(2);
  });

  it('writes each under its key', () => {
    expect(
      under({
        version: '1',
        traceName: 'chat',
        environment: 'staging-2',
        tags: ['a'],
        metadata: { plan: 'free' },
        prompt: { name: 'greet', version: '3' },
      }),
    ).toEqual({
      [SpanAttributeKeys.version]: '1',
      [SpanAttributeKeys.traceName]: 'chat',
      [SpanAttributeKeys.environment]: 'staging-2',
      [SpanAttributeKeys.traceTags]: ['a'],
      [`${SpanAttributeKeys.traceMetadata}.plan`]: 'free',
      [SpanAttributeKeys.observationPromptName]: 'greet',
      [SpanAttributeKeys.observationPromptVersion]: 3,
    });
  });

  it('merges with an enclosing call: tags without duplicates, metadata by key, the inner value winning', () => {
    propagateAttributes({ tags: ['a', 'b'], metadata: { x: '1', y: '1' }, sessionId: 'outer' }, () => {
      expect(under({ tags: ['b', 'c'], metadata: { y: '2' }, sessionId: 'inner' })).toEqual({
        [SpanAttributeKeys.traceTags]: ['a', 'b', 'c'],
        [`${SpanAttributeKeys.traceMetadata}.x`]: '1',
        [`${SpanAttributeKeys.traceMetadata}.y`]: '2',
        [SpanAttributeKeys.sessionId]: 'inner',
      });
    });
  });

  it('gets its order when it is called, so that a later update of the trace counts as later', () => {
    startActiveObservation('root', (root) => {
      propagateAttributes({ sessionId: 'first' }, () => {
        root.updateTrace({ sessionId: 'second' });
        const child = startObservation('child');
        expect(sessionOrder(child)).toBeLessThan(sessionOrder(root));
        child.end();
      });
    });
  });

  it('gives a new order only to its own attributes, not to those of an enclosing call', () => {
    startActiveObservation('root', (root) => {
      propagateAttributes({ sessionId: 'first' }, () => {
        root.updateTrace({ sessionId: 'second' });
        propagateAttributes({ userId: 'u' }, () => {
          expect(sessionOrder(startObservation('child'))).toBeLessThan(sessionOrder(root));
        });
      });
    });
  });

  it('does not replace what a span processor, which knows the whole trace, has set on the span at its start', () => {
    const started: Span[] = [];
    setTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [
          {
            onStart(span) {
              span.setAttribute(SpanAttributeKeys.sessionId, 'of the trace');
              started.push(span);
            },
            onEnd() {},
            forceFlush: async () => {},
            shutdown: async () => {},
          },
        ],
      }),
    );
    propagateAttributes({ sessionId: 'of the scope', userId: 'u' }, () => startObservation('inside'));
    expect(started[0]?.attributes).toMatchObject({ 'session.id': 'of the trace', 'user.id': 'u' });
  });

  it.each<[string, PropagateAttributesOptions]>([
    ['an environment that starts with langfuse', { environment: 'langfuse-x' }],
    ['an environment in capitals', { environment: 'Production' }],
    ['an environment over 40 characters', { environment: 'e'.repeat(41) }],
    ['an empty session id', { sessionId: '' }],
  ])('leaves out %s, with a warning', (_name, attributes) => {
    expect(under(attributes)).toEqual({});
    expect(warn).toHaveBeenCalledOnce();
  });

  it.each<[string, (value: string) => PropagateAttributesOptions]>([
    ['environments', (value) => ({ environment: `Not Allowed ${value}` })],
    ['metadata keys without a value', (value) => ({ metadata: { [`key ${value}`]: '' } })],
    ['metadata keys with a value that is too long', (value) => ({ metadata: { [`key ${value}`]: 'v'.repeat(2_000) } })],
    ['session ids that are too long', (value) => ({ sessionId: value.padEnd(2_000) })],
  ])('gives one warning, and keeps one text, for 1,000 different %s', (_name, options) => {
    for (let i = 0; i < 1_000; i++) propagateAttributes(options(String(i)), () => {});
    expect(warn).toHaveBeenCalledOnce();
    expect(sharedState().warned.size).toBe(1);
  });

  it('does not link a fallback prompt', () => {
    expect(under({ prompt: { name: 'p', version: 1, isFallback: true } })).toEqual({});
  });

  it('puts nothing into baggage by default', () => {
    startActiveObservation('root', (root) => {
      propagateAttributes({ sessionId: 's' }, () => expect(propagation.getActiveBaggage()).toBeUndefined());
      propagateAttributes({ sessionId: 's', tags: ['a', 'b'], metadata: { plan: 'free' }, asBaggage: true }, () => {
        const entries = propagation.getActiveBaggage()?.getAllEntries() ?? [];
        expect(Object.fromEntries(entries.map(([key, { value }]) => [key, value]))).toEqual({
          [BaggageKeys.sessionId]: 's',
          [BaggageKeys.tags]: 'a,b',
          [`${BaggageKeys.metadata}_plan`]: 'free',
          [BaggageKeys.traceId]: root.traceId,
        });
      });
    });
  });

  describe('when the function returns before its work is done', () => {
    const step = () => startObservation('step').end();
    const sessions = () => spans.all().map(({ attributes }) => attributes['session.id']);

    it.each<[string, () => Iterable<unknown> | AsyncIterable<unknown> | Promise<AsyncIterable<unknown>>]>([
      ['a generator', () => generate()],
      ['an async generator', () => generateAsync()],
      ['a promise of an async generator', async () => generateAsync()],
      ['a web stream', () => Readable.toWeb(Readable.from(generateAsync()))],
      ['a web stream that is pulled', () => new ReadableStream(pulled(), { highWaterMark: 0 })],
      ['a Node stream', () => Readable.from(generateAsync())],
      [
        'the body of a response',
        async () => new Response(new ReadableStream(pulled(), { highWaterMark: 0 })).body ?? generateAsync(),
      ],
      ['an iterable', () => ({ [Symbol.asyncIterator]: () => generateAsync() })],
    ])('gives the session to what starts while %s is read', async (_name, fn) => {
      for await (const _piece of await propagateAttributes({ sessionId: 's' }, fn));
      expect(sessions()).toEqual(['s', 's']);
    });

    it('sets the session on what a lazy query starts when it is awaited', async () => {
      const query = {
        // biome-ignore lint/suspicious/noThenProperty: that is what a lazy query has.
        then(done: () => void) {
          step();
          done();
        },
      };
      await propagateAttributes({ sessionId: 's' }, () => query);
      expect(sessions()).toEqual(['s']);
    });

    it('keeps sessions apart that are read in turn', () => {
      const [a, b] = ['a', 'b'].map((sessionId) => propagateAttributes({ sessionId }, generate));
      while (!a?.next().done) b?.next();
      expect(sessions()).toEqual(['a', 'b', 'a', 'b']);
    });

    it('does not set the session on the reader’s own spans', () => {
      const pieces = propagateAttributes({ sessionId: 's' }, generate);
      pieces.next();
      startObservation('reader').end();
      expect(spans.named('reader').attributes['session.id']).toBeUndefined();
    });

    it('lets an observed function around it record what is read', async () => {
      const chat = observe(() => propagateAttributes({ sessionId: 's' }, generateAsync), { name: 'chat' });
      for await (const _piece of chat());
      expect(spans.named('chat').attributes['langfuse.observation.output']).toBe('Paris');
      expect(sessions()).toEqual(['s', 's', 's']);
    });

    function* generate() {
      step();
      yield 'Par';
      step();
      yield 'is';
    }

    async function* generateAsync() {
      yield* generate();
    }

    function pulled(): UnderlyingDefaultSource<string> {
      const pieces = generate();
      return {
        pull(controller) {
          const { done, value } = pieces.next();
          if (done) controller.close();
          else controller.enqueue(value);
        },
      };
    }
  });

  it('runs the function when no provider is registered', () => {
    trace.disable();
    expect(propagateAttributes({ sessionId: 's' }, () => 3)).toBe(3);
  });
});
