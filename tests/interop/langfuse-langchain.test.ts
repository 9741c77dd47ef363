import { RunnableLambda } from '@langchain/core/runnables';
import { FakeListChatModel } from '@langchain/core/utils/testing';
import { CallbackHandler } from '@langfuse/langchain';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { PowerRAGSpanProcessor } from '@powerrag/exporter';
import { observe, withSession } from '@powerrag/tracing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RecordingSink, startRecordingSink } from '../e2e/recording-sink.js';

let sink: RecordingSink;
let processor: PowerRAGSpanProcessor;

beforeEach(async () => {
  sink = await startRecordingSink();
  processor = new PowerRAGSpanProcessor({ baseUrl: sink.url, exitHooks: false });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
});
afterEach(async () => {
  await processor.shutdown();
  await sink.close();
  trace.disable();
  context.disable();
});

const handler = () => new CallbackHandler({ sessionId: 'chat-1', userId: 'ada', tags: ['a'] });
const model = () => new FakeListChatModel({ responses: ['Paris'] });
const chain = () => RunnableLambda.from((question: string) => question).pipe(model());

/** The session of each span that was sent, by name. */
async function sessionsSent(): Promise<Record<string, unknown>> {
  await processor.forceFlush();
  return Object.fromEntries(sink.spans.map(({ name, attributes }) => [name, attributes['session.id']]));
}

describe('the session that Langfuse’s CallbackHandler is given', () => {
  it('is that of every step of a chain', async () => {
    await chain().invoke('Where?', { callbacks: [handler()] });
    expect(await sessionsSent()).toEqual({
      RunnableSequence: 'chat-1',
      RunnableLambda: 'chat-1',
      FakeListChatModel: 'chat-1',
    });
    for (const { attributes } of sink.spans) {
      expect(attributes).toMatchObject({ 'user.id': 'ada', 'langfuse.trace.tags': ['a'] });
    }
  });

  it('is that of the observation around the chain, too', async () => {
    await observe(() => chain().invoke('Where?', { callbacks: [handler()] }), { name: 'turn' })();
    expect(await sessionsSent()).toMatchObject({ turn: 'chat-1', FakeListChatModel: 'chat-1' });
  });

  it('is that of a chain whose metadata names it', async () => {
    const metadata = { langfuseSessionId: 'chat-2' };
    await chain().invoke('Where?', { callbacks: [new CallbackHandler()], metadata });
    expect(await sessionsSent()).toMatchObject({ RunnableSequence: 'chat-2', FakeListChatModel: 'chat-2' });
  });

  it('is on no span of a model that is called without a chain', async () => {
    await model().invoke('Where?', { callbacks: [handler()] });
    expect(await sessionsSent()).toEqual({ FakeListChatModel: undefined });
  });

  it('is that of such a model where withSession gives it', async () => {
    await withSession('chat-1', () => model().invoke('Where?', { callbacks: [handler()] }));
    expect(await sessionsSent()).toEqual({ FakeListChatModel: 'chat-1' });
  });
});
