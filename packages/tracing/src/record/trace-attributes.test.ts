import { SpanAttributeKeys, TRACE_UPDATE_ORDER } from '@powerrag/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { SdkSpan } from '../base/sdk-span.js';
import { sharedState } from '../base/shared-state.js';
import {
  type Observation,
  setActiveTraceAsPublic,
  setActiveTraceIO,
  startActiveObservation,
  startObservation,
  type TraceAttributes,
  updateActiveTrace,
} from '../index.js';
import { recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();
const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
beforeEach(() => void warn.mockClear());
afterEach(() => sharedState().warned.clear());

/** The attributes of a span after these trace updates. */
function after(...updates: TraceAttributes[]): Record<string, unknown> {
  const span = startObservation('traced');
  for (const update of updates) span.updateTrace(update);
  span.end();
  const { [SpanAttributeKeys.observationType]: _type, ...attributes } = spans.named('traced').attributes;
  return attributes;
}

/** A value as an application without types may give it. */
const untyped = (attributes: object): TraceAttributes => attributes;

describe('a trace update', () => {
  it('writes every trace attribute under its key', () => {
    const everything = {
      name: 'chat',
      userId: 'u',
      sessionId: 's',
      version: '1',
      release: 'r',
      environment: 'staging',
      input: { q: 1 },
      output: 'text',
      metadata: { plan: 'free', seats: 3 },
      tags: ['a'],
      public: true,
    };
    expect(after(everything)).toEqual({
      [SpanAttributeKeys.traceName]: 'chat',
      [SpanAttributeKeys.userId]: 'u',
      [SpanAttributeKeys.sessionId]: 's',
      [SpanAttributeKeys.version]: '1',
      [SpanAttributeKeys.release]: 'r',
      [SpanAttributeKeys.environment]: 'staging',
      [SpanAttributeKeys.traceInput]: '{"q":1}',
      [SpanAttributeKeys.traceOutput]: 'text',
      [`${SpanAttributeKeys.traceMetadata}.plan`]: 'free',
      [`${SpanAttributeKeys.traceMetadata}.seats`]: '3',
      [SpanAttributeKeys.traceTags]: ['a'],
      [SpanAttributeKeys.tracePublic]: true,
    });
  });

  it('with no active observation sets nothing, throws nothing and warns once', () => {
    updateActiveTrace({ sessionId: 's' });
    updateActiveTrace({ sessionId: 's' });
    expect(spans.all()).toEqual([]);
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain('updateActiveTrace() set nothing');
  });

  it('merges tags in order and without duplicates, and metadata by key, the later value winning', () => {
    const attributes = after(
      { tags: ['a', 'b'], metadata: { x: 1, y: 1 } },
      { tags: ['b', 'c', 'a'], metadata: { y: 2 } },
    );
    expect(attributes).toEqual({
      [SpanAttributeKeys.traceTags]: ['a', 'b', 'c'],
      [`${SpanAttributeKeys.traceMetadata}.x`]: '1',
      [`${SpanAttributeKeys.traceMetadata}.y`]: '2',
    });
  });

  it('keeps metadata that is not an object under the bare key', () => {
    expect(after({ metadata: 'plain' })).toEqual({ [SpanAttributeKeys.traceMetadata]: 'plain' });
  });

  it('leaves an order on its span for each key that it sets, which grows over all spans of the process', () => {
    const first = startObservation('first');
    const second = startObservation('second');
    const orders = ({ otelSpan }: Observation) => (otelSpan as SdkSpan)[TRACE_UPDATE_ORDER];
    const order = (span: Observation, key: string) => orders(span)?.[key] ?? 0;
    expect(orders(first)).toBeUndefined();
    first.updateTrace({ sessionId: 'a', metadata: { plan: 'free' } });
    second.updateTrace({ sessionId: 'b' });
    first.updateTrace({ userId: 'u' });
    expect(order(second, SpanAttributeKeys.sessionId)).toBeGreaterThan(order(first, SpanAttributeKeys.sessionId));
    expect(order(first, SpanAttributeKeys.userId)).toBeGreaterThan(order(second, SpanAttributeKeys.sessionId));
    expect(order(first, `${SpanAttributeKeys.traceMetadata}.plan`)).toBe(order(first, SpanAttributeKeys.sessionId));
  });

  it('through an observation that has ended is ignored, with a warning', () => {
    const span = startObservation('done');
    span.end();
    span.updateTrace({ sessionId: 's' });
    expect(warn.mock.calls[0]?.[0]).toContain('before end()');
  });

  it('by the names of version 5 does the same', () => {
    startActiveObservation('v5', (span) => {
      setActiveTraceIO({ input: 'in' });
      span.setTraceIO({ output: 'out' }).setTraceAsPublic();
      setActiveTraceAsPublic();
    });
    expect(spans.named('v5').attributes).toMatchObject({
      [SpanAttributeKeys.traceInput]: 'in',
      [SpanAttributeKeys.traceOutput]: 'out',
      [SpanAttributeKeys.tracePublic]: true,
    });
  });
});

describe('a session id', () => {
  it.each([
    [7, '7'],
    [10n, '10'],
    ['0', '0'],
  ])('%s is written as %s', (id, written) => {
    expect(after(untyped({ sessionId: id }))).toEqual({ [SpanAttributeKeys.sessionId]: written });
    expect(warn).not.toHaveBeenCalled();
  });

  it.each([[''], [undefined], [null], [{ id: 1 }], [Number.NaN], [true]])('%s warns and changes nothing', (id) => {
    expect(after({ sessionId: 'kept' }, untyped({ sessionId: id }))).toEqual({ [SpanAttributeKeys.sessionId]: 'kept' });
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.calls[0]?.[0]).toContain('sessionId');
  });

  it('of 1,024 characters is kept whole', () => {
    expect(after({ sessionId: 's'.repeat(1024) })).toEqual({ [SpanAttributeKeys.sessionId]: 's'.repeat(1024) });
    expect(warn).not.toHaveBeenCalled();
  });

  it('that is longer is cut to 1,024, with a warning, and distinct ones stay distinct', () => {
    const cut = (tail: string) => {
      const span = startObservation(`long ${tail}`).updateTrace({ sessionId: 's'.repeat(2000) + tail });
      span.end();
      return String(spans.named(`long ${tail}`).attributes[SpanAttributeKeys.sessionId]);
    };
    fc.assert(
      fc.property(fc.uniqueArray(fc.uuid(), { minLength: 2, maxLength: 20 }), (tails) => {
        const ids = tails.map(cut);
        expect(new Set(ids).size).toBe(tails.length);
        for (const id of ids) expect(id).toHaveLength(1024);
      }),
      { numRuns: 20 },
    );
    expect(warn).toHaveBeenCalledOnce();
  });
});

describe('an id that is set late', () => {
  it('is on the span that it was set through, wherever that is: a grandchild, a sibling after await, a finally', async () => {
    await startActiveObservation('root', async (root) => {
      await startActiveObservation('child', async () => {
        startObservation('grandchild').updateTrace({ sessionId: 'by grandchild' }).end();
      });
      await startActiveObservation('sibling', async () => {
        await Promise.resolve();
        updateActiveTrace({ sessionId: 'by sibling' });
      });
      try {
        await startActiveObservation('failing', async () => {
          try {
            throw new Error('x');
          } finally {
            updateActiveTrace({ sessionId: 'by finally' });
          }
        });
      } catch {
        root.updateTrace({ sessionId: 'by root' });
      }
    });
    const ids = ['grandchild', 'child', 'sibling', 'failing', 'root'].map(
      (name) => spans.named(name).attributes[SpanAttributeKeys.sessionId],
    );
    expect(ids).toEqual(['by grandchild', undefined, 'by sibling', 'by finally', 'by root']);
  });

  it('is taken by a child that is still open after its root has ended', () => {
    const root = startObservation('root');
    const child = root.startObservation('child');
    root.end();
    child.updateTrace({ sessionId: 'late' }).end();
    expect(spans.named('child').attributes[SpanAttributeKeys.sessionId]).toBe('late');
  });
});

describe('concurrent conversations', () => {
  it('never mix, 1,000 at once with random delays', async () => {
    const delays = fc.sample(fc.nat(4), { numRuns: 1_000, seed: 1 });
    const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
    await Promise.all(
      delays.map((delay, i) =>
        startActiveObservation(`root ${i}`, async () => {
          await pause(delay);
          await startActiveObservation(`child ${i}`, async () => {
            await pause(4 - delay);
            updateActiveTrace({ sessionId: `session ${i}` });
          });
        }),
      ),
    );
    for (let i = 0; i < 1_000; i++) {
      const [root, child] = [spans.named(`root ${i}`), spans.named(`child ${i}`)];
      expect(child.attributes[SpanAttributeKeys.sessionId]).toBe(`session ${i}`);
      expect(child.spanContext().traceId).toBe(root.spanContext().traceId);
    }
    expect(new Set(spans.all().map((span) => span.spanContext().traceId)).size).toBe(1_000);
  });
});
