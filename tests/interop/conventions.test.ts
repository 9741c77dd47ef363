import { readFileSync } from 'node:fs';
import { type Attributes, context, type Span, trace } from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { ReplayDocument, SessionSummary } from '@powerrag/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getJson } from '../support/http.js';
import { type ServerProcess, startServer } from '../support/server-process.js';

let server: ServerProcess;

beforeAll(async () => {
  server = await startServer();
});

afterAll(() => server?.stop());

interface RecordedSpan {
  readonly name: string;
  /** Index of the parent. */
  readonly parent: number | null;
  readonly scope: string;
  readonly attributes: Attributes;
}

/** The first trace of what a real instrumentation recorded: an answer that took two generations and a tool. */
function recordedTrace(name: string): readonly RecordedSpan[] {
  const file = new URL(`../../packages/server/src/normalise/recorded/${name}.json`, import.meta.url);
  const { spans } = JSON.parse(readFileSync(file, 'utf8')) as { spans: readonly RecordedSpan[] };
  const end = spans.findIndex((span, index) => index > 0 && span.parent === null);
  return end === -1 ? spans : spans.slice(0, end);
}

/** Sends the trace as it was recorded, except that only its first span still tells the session. */
async function send(spans: readonly RecordedSpan[], sessionKey: string, sessionId: string): Promise<string> {
  const exporter = new OTLPTraceExporter({ url: `${server.url}/v1/traces` });
  const provider = new BasicTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const startMs = Date.now();
  const sent: Span[] = [];
  for (const [index, { name, parent, scope, attributes }] of spans.entries()) {
    const above = parent === null ? undefined : sent[parent];
    const parentContext = above ? trace.setSpan(context.active(), above) : context.active();
    const { [sessionKey]: _, ...others } = attributes;
    const own = index === 0 ? { ...others, [sessionKey]: sessionId } : others;
    sent.push(
      provider.getTracer(scope).startSpan(name, { attributes: own, startTime: startMs + index }, parentContext),
    );
  }
  for (const [index, span] of sent.entries()) span.end(startMs + 2 * spans.length - index);
  await provider.shutdown();
  return sent[0]?.spanContext().traceId ?? '';
}

describe.each([
  ['ai-sdk-6', 'ai.telemetry.metadata.sessionId', 260],
  ['ai-sdk-4', 'ai.telemetry.metadata.sessionId', 260],
  ['ai-sdk-7', 'ai.settings.context.sessionId', 260],
  ['open-inference', 'session.id', 260],
  ['traceloop', 'traceloop.association.properties.session_id', 264],
])('a trace as %s writes it, with a session in %s', (name, sessionKey, totalTokens) => {
  const sessionId = `a session of ${name}`;
  const spans = recordedTrace(name);

  it('is in that session with all its spans, and every token counts once', async () => {
    const traceId = await send(spans, sessionKey, sessionId);

    const url = `${server.url}/api/v1/sessions/${encodeURIComponent(sessionId)}/replay`;
    const replay = await getJson<ReplayDocument>(url);
    expect(replay.observations).toHaveLength(spans.length);
    expect(replay.traces).toMatchObject([{ id: traceId, totalTokens }]);
    expect(replay.session).toMatchObject({
      id: sessionId,
      traceCount: 1,
      totalTokens,
    } satisfies Partial<SessionSummary>);
    expect(replay.turns).toMatchObject([
      {
        totalTokens,
        messages: [
          { role: 'user', parts: [{ type: 'text', text: 'How warm is it in Paris?' }] },
          { role: 'assistant', parts: expect.arrayContaining([{ type: 'text', text: 'It is 18 degrees in Paris.' }]) },
        ],
      },
    ]);
  });
});
