import { LangfuseClient } from '@langfuse/client';
import { LangfuseSpanProcessor } from '@langfuse/otel';
import { LangfuseSpanProcessor as LangfuseSpanProcessorV4 } from '@langfuse/otel-v4';
import * as v5 from '@langfuse/tracing';
import * as v4 from '@langfuse/tracing-v4';
import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import type { ReplayDocument } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson } from '../support/http.js';
import { type ServerProcess, startServer } from '../support/server-process.js';

let server: ServerProcess;

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await startServer();
});

afterAll(async () => {
  context.disable();
  await server?.stop();
});

const keys = { publicKey: 'pk-lf-local', secretKey: 'sk-lf-local' };

const replayOf = (sessionId: string) =>
  getJson<ReplayDocument>(`${server.url}/api/v1/sessions/${encodeURIComponent(sessionId)}/replay`);

describe('the Langfuse SDK for JavaScript, version 4', () => {
  async function traced(run: () => unknown): Promise<void> {
    const processor = new LangfuseSpanProcessorV4({ baseUrl: server.url, ...keys });
    const provider = new BasicTracerProvider({ spanProcessors: [processor] });
    v4.setLangfuseTracerProvider(provider);
    await run();
    await provider.shutdown();
  }

  it('groups by the session id that updateActiveTrace sets inside a span', async () => {
    await traced(() =>
      v4.startActiveObservation('context-manager', async (span) => {
        span.update({ input: { query: 'What is the capital of France?' } });
        v4.updateActiveTrace({ sessionId: 'v4, active' });
        v4.startObservation('answer', { model: 'gpt-4o', output: 'Paris' }, { asType: 'generation' }).end();
      }),
    );
    const { observations, session } = await replayOf('v4, active');
    expect(session.traceCount).toBe(1);
    expect(observations).toMatchObject([
      { name: 'context-manager', type: 'span' },
      { name: 'answer', type: 'generation', model: 'gpt-4o' },
    ]);
  });

  it('groups by the session id that an observed function sets from inside', async () => {
    const fetchData = v4.observe(
      async (source: string) => {
        v4.updateActiveTrace({ sessionId: 'v4, observed' });
        return { data: `some data from ${source}` };
      },
      { name: 'observe-wrapper' },
    );
    await traced(() => fetchData('API'));
    expect((await replayOf('v4, observed')).observations).toMatchObject([{ name: 'observe-wrapper' }]);
  });

  it('groups by the session id that updateTrace sets on a span made by hand', async () => {
    await traced(() => {
      const span = v4.startObservation('manual-observation', { input: { query: 'What is the capital of France?' } });
      span.updateTrace({ sessionId: 'v4, by hand' });
      span.update({ output: 'Paris' }).end();
    });
    expect((await replayOf('v4, by hand')).observations).toMatchObject([{ name: 'manual-observation' }]);
  });
});

describe('the Langfuse SDK for JavaScript, version 5', () => {
  it('groups by the session id that propagateAttributes puts on every span', async () => {
    const provider = new BasicTracerProvider({
      spanProcessors: [new LangfuseSpanProcessor({ baseUrl: server.url, ...keys })],
    });
    v5.setLangfuseTracerProvider(provider);
    await v5.propagateAttributes({ sessionId: 'v5', userId: 'ada' }, () =>
      v5.startActiveObservation('chat-turn', async () => {
        v5.startObservation('answer', { model: 'gpt-4o' }, { asType: 'generation' }).end();
      }),
    );
    await provider.shutdown();

    const { observations, traces } = await replayOf('v5');
    expect(observations.map((one) => one.name)).toEqual(['chat-turn', 'answer']);
    expect(traces).toMatchObject([{ userId: 'ada' }]);
  });

  it('reads the session back with its API client', async () => {
    const client = new LangfuseClient({ baseUrl: server.url, ...keys });
    const session = await client.api.sessions.get('v5');
    expect(session).toMatchObject({ id: 'v5', traces: [{ name: 'chat-turn', userId: 'ada', sessionId: 'v5' }] });
    const trace = await client.api.trace.get(session.traces[0]?.id ?? '');
    expect(trace.observations.map((one) => one.type).toSorted()).toEqual(['GENERATION', 'SPAN']);
  });
});
