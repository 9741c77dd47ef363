import { LangfuseSpanProcessor } from '@langfuse/otel';
import { propagateAttributes, startObservation as startTheirs } from '@langfuse/tracing';
import { propagateAttributes as propagateAttributes4 } from '@langfuse/tracing-v4';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { configureTracing, setTracerProvider, startObservation, withSession } from '@powerrag/tracing';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { startRecordingSink } from '../e2e/recording-sink.js';

afterEach(() => {
  trace.disable();
  context.disable();
  setTracerProvider(null);
  configureTracing({ scopeName: 'powerrag' });
});

/** The spans that our processor sends of what runs, by name. */
async function sentOf(run: () => void) {
  const sink = await startRecordingSink();
  onTestFinished(() => sink.close());
  const processor = new PowerRAGSpanProcessor({ baseUrl: sink.url, exitHooks: false });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  run();
  await processor.shutdown();
  return new Map(sink.spans.map(({ name, attributes }) => [name, attributes]));
}

describe('a program that still has Langfuse’s packages beside ours', () => {
  it.each([
    ['5', propagateAttributes],
    ['4', propagateAttributes4],
  ])(
    'keeps the session that propagateAttributes of version %s gives, on their spans and on ours',
    async (_version, propagate) => {
      const given = { sessionId: 'chat-1', userId: 'ada', tags: ['a'], metadata: { plan: 'free' } };
      const sent = await sentOf(() => {
        propagate(given, () => {
          startTheirs('theirs').end();
          startObservation('ours').end();
        });
      });
      for (const name of ['theirs', 'ours']) {
        expect(sent.get(name)).toMatchObject({
          ...{
            'session.id': 'chat-1',
            'user.id': 'ada',
            'langfuse.trace.tags': ['a'],
            'langfuse.trace.metadata.plan': 'free',
          },
        });
      }
    },
  );

  it('has its own session on their spans', async () => {
    const sent = await sentOf(() => withSession('chat-2', () => startTheirs('theirs').end()));
    expect(sent.get('theirs')).toMatchObject({ 'session.id': 'chat-2' });
  });
});

it.each([
  ['none of our observations by itself', {}, undefined, 0],
  ['all with their scope name', {}, 'langfuse-sdk', 1],
  ['all with a filter that lets them through', { shouldExportSpan: () => true }, undefined, 1],
])('Langfuse’s span processor sends %s', async (_what, options, scopeName, count) => {
  const got: object[] = [];
  const exporter = {
    export(spans: object[], done: (result: { code: number }) => void) {
      got.push(...spans);
      done({ code: 0 });
    },
    shutdown: async () => {},
  };
  const theirs = new LangfuseSpanProcessor({ publicKey: 'p', secretKey: 's', exporter, ...options });
  setTracerProvider(new BasicTracerProvider({ spanProcessors: [theirs] }));
  if (scopeName !== undefined) configureTracing({ scopeName });
  startObservation('ask').end();
  await theirs.forceFlush();
  expect(got).toHaveLength(count);
});
