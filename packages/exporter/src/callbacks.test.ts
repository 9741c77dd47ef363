import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SamplingDecision } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { RegisterOptions } from './register.js';
import { register } from './register.js';
import { startCollector } from './testing/collector.js';
import { startPipeline } from './testing/pipeline.js';

const secret = 'the secret word';

/** Every way in which a function of the application's can misbehave. `T` is what it should answer with. */
const misbehaviours: readonly (readonly [name: string, fn: () => never])[] = [
  [
    'throws',
    () => {
      throw new Error('mine');
    },
  ],
  [
    'throws something that is not an error',
    () => {
      throw Object.create(null);
    },
  ],
  ['answers with a promise that rejects', () => answer(Promise.reject(new Error('mine')))],
  ['answers with a promise that never settles', () => answer(new Promise(() => {}))],
  ['answers with a thenable that throws', () => answer(brokenThenable())],
  ['answers with nothing', () => answer(undefined)],
  ['answers with a symbol', () => answer(Symbol('garbage'))],
  [
    'answers with an object whose getters throw',
    () =>
      answer(
        new Proxy(
          {},
          {
            get: () => {
              throw new Error('mine');
            },
          },
        ),
      ),
  ],
];

/** JavaScript has no types: a function may answer with anything. */
function answer(value: unknown): never {
  if (isAllowedAnywhere(value)) return value;
  throw new Error('never reached');
}

function isAllowedAnywhere(_value: unknown): _value is never {
  return true;
}

/** Something that says it is a promise, and is none. */
function brokenThenable(): object {
  const fail = (): never => {
    throw new Error('mine');
  };
  return Object.defineProperty({}, 'then', { value: fail });
}

/** Errors that reached the process while the test ran. */
function watchForErrors(): unknown[] {
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  process.on('unhandledRejection', onError);
  onTestFinished(() => void process.off('unhandledRejection', onError));
  return errors;
}

const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 10));

describe.each(misbehaviours)('a function of the application that %s (E38)', (_name, misbehave) => {
  it('as `mask` lets nothing through, and the span arrives', async () => {
    const errors = watchForErrors();
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, mask: misbehave });
    const span = start(`name ${secret}`, undefined, { attribute: secret, [`langfuse.${'session'}.id`]: secret });
    span.addEvent(`event ${secret}`, { attribute: secret });
    span.recordException(new Error(secret));
    span.end();
    await processor.forceFlush();
    await turn();
    expect(processor.stats()).toMatchObject({ ended: 1, pending: 0 });
    expect(collector.requests.length + processor.stats().dropped.encode_failed).toBe(1);
    for (const { body, headers } of collector.requests) {
      expect(body.includes(secret)).toBe(false);
      expect(JSON.stringify(headers)).not.toContain(secret);
    }
    expect(errors).toEqual([]);
  });

  it('as `onDrop` does not disturb the application, and the drop is counted', async () => {
    const errors = watchForErrors();
    const { start, processor } = startPipeline({ baseUrl: 'http://127.0.0.1:1', maxQueueBytes: 1, onDrop: misbehave });
    start('span').end();
    await turn();
    expect(processor.stats().dropped.queue_full).toBe(1);
    expect(errors).toEqual([]);
  });

  it('as `log` does not disturb the application, and spans are sent when the server is back', async () => {
    const errors = watchForErrors();
    const collector = await startCollector((_request, response, count) => {
      response.writeHead(count === 1 ? 503 : 200).end();
    });
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, log: misbehave });
    start('span').end();
    await processor.forceFlush();
    await turn();
    expect(collector.spans()).toHaveLength(1);
    expect(errors).toEqual([]);
  });

  it('as `shouldExportSpan` does not disturb the application, and every span is accounted for', async () => {
    const errors = watchForErrors();
    const collector = await startCollector();
    const { start, processor } = startPipeline({ baseUrl: collector.baseUrl, shouldExportSpan: misbehave });
    start('span').end();
    await processor.forceFlush();
    await turn();
    expect(collector.spans()).toHaveLength(processor.stats().ended);
    expect(errors).toEqual([]);
  });

  it('as `sampler` of register does not disturb the application, and the trace is recorded', async () => {
    const errors = watchForErrors();
    const collector = await startCollector();
    const { forceFlush } = registerForTest({ baseUrl: collector.baseUrl, sampler: { shouldSample: misbehave } });
    trace.getTracer('app').startSpan('span').end();
    await forceFlush();
    await turn();
    expect(collector.spans()).toHaveLength(1);
    expect(errors).toEqual([]);
  });
});

it('a mask that creates spans harms no other span, and its spans are counted as dropped', async () => {
  const collector = await startCollector();
  const { start, processor } = startPipeline({
    baseUrl: collector.baseUrl,
    mask: ({ data }) => {
      start('of the mask', undefined, { text: 'written in the midst of another' }).end();
      return data;
    },
  });
  start('before', undefined, { text: 'first' }).end();
  start('span', undefined, { text: 'second', more: 'x'.repeat(1_000) }).end();
  await processor.forceFlush();
  const spans = collector.spans().filter(({ name }) => name !== 'of the mask');
  expect(spans).toMatchObject([
    { name: 'before', attributes: { text: 'first' } },
    { name: 'span', attributes: { text: 'second', more: 'x'.repeat(1_000) } },
  ]);
  const { delivered, dropped, ended, pending } = processor.stats();
  expect(dropped.encode_failed).toBeGreaterThan(0);
  expect(delivered + dropped.encode_failed + pending).toBe(ended);
});

describe('the processor, given something that is not a span,', () => {
  const sampled = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 };
  const throwing = new Proxy(
    {},
    {
      get() {
        throw new Error('mine');
      },
    },
  );

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['null', null],
    ['a text', 'span'],
    ['an empty object', {}],
    ['an object without a context', { attributes: {}, spanContext: () => undefined }],
    ['an object that has only a context', { spanContext: () => sampled }],
    ['an object with nothing but a context and attributes', { spanContext: () => sampled, attributes: {} }],
    ['an object that throws', throwing],
    ['a frozen object', Object.freeze({ spanContext: () => sampled, attributes: {} })],
  ])('such as %s, never throws, says so, and sends the spans around it', async (_name, value) => {
    const collector = await startCollector();
    const lines: string[] = [];
    const { processor, start } = startPipeline({ baseUrl: collector.baseUrl, log: (line) => lines.push(line) });
    const before = start('before');
    for (const method of ['onStart', 'onEnding', 'onEnd'] as const) {
      expect(Reflect.apply(processor[method], processor, [value, ROOT_CONTEXT])).toBeUndefined();
    }
    expect(Reflect.apply(processor.onStart, processor, [value])).toBeUndefined();
    before.end();
    start('after').end();
    await processor.forceFlush();
    expect(collector.spans().map(({ name }) => name)).toEqual(['before', 'after']);
    expect(lines).toEqual([expect.stringMatching(/is not a span of OpenTelemetry|could not be encoded/)]);
  });
});

it('a sampler that works decides as before', async () => {
  const collector = await startCollector();
  const { forceFlush, processor } = registerForTest({
    baseUrl: collector.baseUrl,
    sampler: {
      shouldSample: (_context, _traceId, name) => ({
        decision: name === 'kept' ? SamplingDecision.RECORD_AND_SAMPLED : SamplingDecision.NOT_RECORD,
      }),
    },
  });
  for (const name of ['kept', 'left out']) trace.getTracer('app').startSpan(name).end();
  await forceFlush();
  expect(collector.spans().map(({ name }) => name)).toEqual(['kept']);
  expect(processor.stats().ended).toBe(1);
});

afterEach(() => {
  Reflect.deleteProperty(globalThis, Symbol.for('powerrag.registration'));
  trace.disable();
  context.disable();
  propagation.disable();
});

function registerForTest(options: RegisterOptions) {
  const registration = register({ exitHooks: false, log: () => {}, ...options });
  onTestFinished(async () => void (await registration.shutdown({ timeoutMs: 100 })));
  return registration;
}
