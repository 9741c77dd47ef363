import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  getActiveSpanId,
  getTracerProvider,
  observe,
  propagateAttributes,
  setTracerProvider,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
  updateActiveTrace,
} from '../index.js';
import { type InMemoryObservations, observeInMemory } from './index.js';
import { forgetSetUp } from './recorded-spans.js';

let observed: InMemoryObservations | undefined;

/** In memory until the end of the test. */
function inMemory(): InMemoryObservations {
  observed = observeInMemory();
  return observed;
}

afterEach(() => {
  observed?.restore();
  forgetSetUp();
  vi.useRealTimers();
});

describe('observeInMemory(), with nothing set up', () => {
  it('has what was recorded of each observation, with its parent, after an await too', async () => {
    const memory = inMemory();
    const search = observe(async (query: string) => [{ id: 7, query }], { name: 'search', asType: 'retriever' });
    const answer = observe(
      async (question: string) => {
        await Promise.resolve();
        const [document] = await search(question);
        updateActiveObservation({ metadata: { found: document?.id, tier: 'gold' } });
        return 'Paris';
      },
      { name: 'answer', asType: 'chain' },
    );
    await answer('Capital of France?');

    const [root, child] = [memory.named('answer'), memory.named('search')];
    expect(root).toMatchObject({
      type: 'chain',
      input: 'Capital of France?',
      output: 'Paris',
      metadata: { found: 7, tier: 'gold' },
      level: 'DEFAULT',
      parent: undefined,
    });
    expect(child).toMatchObject({
      type: 'retriever',
      output: [{ id: 7 }],
      parentId: root.id,
      parent: { name: 'answer' },
    });
    expect(child.trace.id).toBe(root.trace.id);
  });

  it('has the parts of a generation', () => {
    const { observations } = record(() =>
      startObservation(
        'ask',
        { model: 'm', modelParameters: { temperature: 0 }, usageDetails: { input: 3 }, costDetails: { input: 0.1 } },
        { asType: 'generation' },
      ).end(),
    );
    expect(observations[0]).toMatchObject({
      type: 'generation',
      model: 'm',
      modelParameters: { temperature: 0 },
      usageDetails: { input: 3 },
      costDetails: { input: 0.1 },
    });
  });

  it('has the session, the user and the rest of a trace on all its observations, whichever of them set it', () => {
    const { observations } = record(() =>
      propagateAttributes({ sessionId: 's', tags: ['a'] }, () =>
        startActiveObservation('root', () => {
          startObservation('early').end();
          updateActiveTrace({ userId: 'u', tags: ['b'], metadata: { k: 1 }, name: 'turn', public: true });
        }),
      ),
    );
    for (const observation of observations) expect(observation).toMatchObject({ sessionId: 's', userId: 'u' });
    expect(observations[0]?.trace).toMatchObject({ name: 'turn', tags: ['a', 'b'], metadata: { k: 1 }, public: true });
    expect(observations).toHaveLength(2);
  });

  it('has the later of two session ids, also where the earlier is of the observation that ends last', () => {
    const { observations } = record(() =>
      startActiveObservation('root', () => {
        updateActiveTrace({ sessionId: 'first' });
        startActiveObservation('inner', () => updateActiveTrace({ sessionId: 'second' }));
      }),
    );
    expect(observations.map(({ sessionId }) => sessionId)).toEqual(['second', 'second']);
  });

  it('has what was thrown as level and message', async () => {
    const fail = observe(
      async () => {
        throw new Error('no model');
      },
      { name: 'fail' },
    );
    inMemory();
    await expect(fail()).rejects.toThrow('no model');
    expect(observed?.named('fail')).toMatchObject({ level: 'ERROR', statusMessage: 'no model' });
  });

  it('has a text that is not JSON as it is, and the wire text of everything', () => {
    const { observations } = record(() => startObservation('io', { input: '{not json', output: { a: 1 } }).end());
    expect(observations[0]).toMatchObject({ input: '{not json', output: { a: 1 } });
    expect(observations[0]?.attributes['langfuse.observation.output']).toBe('{"a":1}');
  });

  it('tells what still runs from what has ended', () => {
    const memory = inMemory();
    const open = startObservation('open');
    expect(memory.running.map(({ name }) => name)).toEqual(['open']);
    expect(memory.observations).toEqual([]);
    open.end();
    expect(memory.running).toEqual([]);
    expect(memory.observations.map(({ name }) => name)).toEqual(['open']);
  });

  it('has times by a faked clock', () => {
    vi.useFakeTimers({ now: new Date('2030-01-01T00:00:00.250Z') });
    const { observations } = record(() => {
      const observation = startObservation('timed');
      vi.advanceTimersByTime(1_500);
      observation.end();
    });
    expect(observations[0]).toMatchObject({
      startTime: new Date('2030-01-01T00:00:00.250Z'),
      endTime: new Date('2030-01-01T00:00:01.750Z'),
    });
  });

  it('names what there is where a name is not found once', () => {
    const memory = record(() => {
      startObservation('a').end();
      startObservation('a').end();
    });
    expect(() => memory.named('b')).toThrow('no ended observations are named b; ended: a, a');
    expect(() => memory.named('a')).toThrow('2 ended observations are named a');
  });
});

describe('clear()', () => {
  it('forgets what there is, and what ends later but started before', () => {
    const memory = inMemory();
    startObservation('before').end();
    const across = startObservation('across');
    memory.clear();
    across.end();
    startObservation('after').end();
    expect(memory.observations.map(({ name }) => name)).toEqual(['after']);
  });
});

describe('restore()', () => {
  it('gives back a provider that was set, which gets nothing meanwhile', () => {
    const exporter = new InMemorySpanExporter();
    setTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }));
    const set = getTracerProvider();
    const memory = record(() => startObservation('in memory').end());
    memory.restore();
    startObservation('as before').end();
    expect(getTracerProvider()).toBe(set);
    expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['as before']);
    expect(memory.observations).toHaveLength(1);
  });

  it('leaves the global provider and a context manager of the application as they are', () => {
    const manager = new AsyncLocalStorageContextManager().enable();
    context.setGlobalContextManager(manager);
    trace.setGlobalTracerProvider(new BasicTracerProvider());
    inMemory();
    startActiveObservation('with theirs', ({ id }) => {
      expect(getActiveSpanId()).toBe(id);
    });
    observed?.restore();
    expect(context.setGlobalContextManager(new AsyncLocalStorageContextManager())).toBe(false);
  });

  it('takes away the context manager that it has set, so that nothing is active any more', () => {
    inMemory();
    startActiveObservation('with ours', ({ id }) => {
      expect(getActiveSpanId()).toBe(id);
    });
    observed?.restore();
    expect(context.setGlobalContextManager(new AsyncLocalStorageContextManager())).toBe(true);
  });

  it('does not take back a provider that was set meanwhile', () => {
    inMemory();
    const later = new BasicTracerProvider();
    setTracerProvider(later);
    observed?.restore();
    expect(getTracerProvider()).toBe(later);
  });

  it('comes at the end of a block with using', () => {
    {
      using memory = observeInMemory();
      startObservation('inside').end();
      expect(memory.observations).toHaveLength(1);
    }
    expect(startObservation('outside').otelSpan.isRecording()).toBe(false);
  });
});

/** What is recorded while `fn` runs. */
function record(fn: () => unknown): InMemoryObservations {
  const memory = inMemory();
  fn();
  return memory;
}
