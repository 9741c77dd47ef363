import { isDefaultExportSpan, KNOWN_LLM_INSTRUMENTATION_SCOPE_PREFIXES } from '@langfuse/otel';
import type { Attributes } from '@opentelemetry/api';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { llmSpansOnly } from '@powerrag/exporter';
import { describe, expect, it } from 'vitest';

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

/** What each filter says of a span, ours first. */
function verdicts(scope: string, attributes: Attributes = {}): [boolean, boolean] {
  exporter.reset();
  provider.getTracer(scope).startSpan('span', { attributes }).end();
  const [span] = exporter.getFinishedSpans();
  if (span === undefined) throw new Error('no span was finished');
  return [llmSpansOnly({ otelSpan: span }), isDefaultExportSpan(span)];
}

describe('llmSpansOnly lets through what the Langfuse SDK does by default', () => {
  it.each(['langfuse-sdk', 'ai', ...KNOWN_LLM_INSTRUMENTATION_SCOPE_PREFIXES])('of the scope %s', (scope) => {
    expect(verdicts(scope)).toEqual([true, true]);
  });

  it.each(KNOWN_LLM_INSTRUMENTATION_SCOPE_PREFIXES.filter((scope) => scope !== 'ai'))(
    'and of one below %s',
    (scope) => {
      expect(verdicts(`${scope}.client`)).toEqual([true, true]);
      expect(verdicts(`${scope}client`)).toEqual([false, false]);
    },
  );

  it('of any scope with a gen_ai attribute', () => {
    expect(verdicts('http', { 'gen_ai.request.model': 'm' })).toEqual([true, true]);
  });

  it.each(['ai.client', 'next.js', '@opentelemetry/instrumentation-http', 'opentelemetry.instrumentation'])(
    'and nothing of %s',
    (scope) => {
      expect(verdicts(scope, { 'http.route': '/' })).toEqual([false, false]);
    },
  );

  it('and our own spans', () => {
    expect(verdicts('powerrag')[0]).toBe(true);
  });
});
