import { SpanAttributeKeys } from '@powerrag/protocol';
import { describe, expect, it } from 'vitest';
import { getActiveSpanId, type Observation, observe, startActiveObservation, startObservation } from '../index.js';
import { parentOf, recordSpans } from '../testing/recorded-spans.js';

const spans = recordSpans();

const outputOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.observationOutput];
const partialOf = (name: string) => spans.named(name).attributes[SpanAttributeKeys.partial];

async function* words() {
  yield 'Par';
  yield 'is';
}

async function drain<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe('an observed generator', () => {
  it('ends its observation after the last piece, with the text joined and the time of the first piece', async () => {
    const generator = observe(words)();
    expect(spans.all()).toHaveLength(0);
    expect(await drain(generator)).toEqual(['Par', 'is']);
    expect(outputOf('words')).toBe('Paris');
    expect(spans.named('words').attributes[SpanAttributeKeys.observationCompletionStartTime]).toMatch(/^"\d{4}-.*Z"$/);
  });

  it('is the same object that the function made', () => {
    let made: unknown;
    const returned = observe(() => {
      made = words();
      return made;
    })();
    expect(returned).toBe(made);
  });

  it('also works without async, and records what it yields as an array', () => {
    const numbers = observe(function* numbers() {
      yield 1;
      yield { two: 2 };
    });
    expect([...numbers()]).toEqual([1, { two: 2 }]);
    expect(outputOf('numbers')).toBe('[1,{"two":2}]');
  });

  it('records both what it yields and what it returns', () => {
    const both = observe(function* both() {
      yield 'a';
      return 7;
    });
    const generator = both();
    generator.next();
    expect(generator.next()).toEqual({ done: true, value: 7 });
    expect(outputOf('both')).toBe('{"streamed":"a","returned":7}');
  });

  it('runs its body where its observation is active, also when it is read elsewhere', async () => {
    const seen: (string | undefined)[] = [];
    const generator = observe(async function* body() {
      seen.push(getActiveSpanId());
      startObservation('child').end();
      yield 1;
      await Promise.resolve();
      seen.push(getActiveSpanId());
    })();
    await startActiveObservation('reader', () => drain(generator));
    const id = spans.named('body').spanContext().spanId;
    expect(seen).toEqual([id, id]);
    expect(parentOf(spans.named('child'))).toBe(id);
    expect(parentOf(spans.named('body'))).toBeUndefined();
  });

  it('that is left by break ends once and is marked as partial', async () => {
    for await (const _word of observe(words)()) break;
    expect(outputOf('words')).toBe('Par');
    expect(partialOf('words')).toBe('returned');
    expect(spans.all()).toHaveLength(1);
  });

  it('that gets an error through `throw` fails with that error', async () => {
    const generator = observe(words)();
    await generator.next();
    const error = new Error('stop');
    await expect(generator.throw(error)).rejects.toBe(error);
    expect(spans.named('words').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
    expect(outputOf('words')).toBe('Par');
  });

  it('that throws halfway keeps what it yielded before', async () => {
    const error = new Error('connection lost');
    const broken = observe(async function* broken() {
      yield 'half';
      throw error;
    });
    await expect(drain(broken())).rejects.toBe(error);
    expect(outputOf('broken')).toBe('half');
    expect(spans.named('broken').attributes[SpanAttributeKeys.observationStatusMessage]).toBe('connection lost');
  });

  it('that fails and is then left stays failed, also when the caller ends the observation', () => {
    let span: Observation | undefined;
    const generator = startActiveObservation(
      'kept open',
      function* (observation): Generator<number, void> {
        span = observation;
        yield 1;
        throw new Error('broke');
      },
      { endOnExit: false },
    );
    generator.next();
    expect(() => generator.next()).toThrow('broke');
    generator.return();
    span?.end();
    expect(spans.named('kept open').attributes[SpanAttributeKeys.observationLevel]).toBe('ERROR');
    expect(partialOf('kept open')).toBeUndefined();
  });

  it('that nobody reads ends when it is garbage collected', async () => {
    const { setFlagsFromString } = await import('node:v8');
    const { runInNewContext } = await import('node:vm');
    setFlagsFromString('--expose-gc');
    const collect: () => void = runInNewContext('gc');
    (() => void observe(words)())();
    for (let round = 0; round < 200 && spans.all().length === 0; round++) {
      collect();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(partialOf('words')).toBe('abandoned');
  });

  it('can be returned by a second observed function as well, and settles both', async () => {
    const inner = observe(words, { name: 'inner' });
    const outer = observe(() => inner(), { name: 'outer' });
    await drain(outer());
    expect(outputOf('inner')).toBe('Paris');
    expect(outputOf('outer')).toBe('Paris');
    expect(parentOf(spans.named('inner'))).toBe(spans.named('outer').spanContext().spanId);
  });
});
