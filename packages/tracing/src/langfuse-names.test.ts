import { describe, expect, it } from 'vitest';
import * as tracing from './index.js';
import { recordSpans } from './recorded-spans.js';

const spans = recordSpans();

describe('code written for @langfuse/tracing', () => {
  it.each([
    // Version 4.6.1
    ...['LangfuseAgent', 'LangfuseChain', 'LangfuseEmbedding', 'LangfuseEvaluator', 'LangfuseEvent'],
    ...['LangfuseGeneration', 'LangfuseGuardrail', 'LangfuseOtelSpanAttributes', 'LangfuseRetriever', 'LangfuseSpan'],
    ...['LangfuseTool', 'createObservationAttributes', 'createTraceAttributes', 'createTraceId', 'getActiveSpanId'],
    ...['getActiveTraceId', 'getLangfuseTracer', 'getLangfuseTracerProvider', 'observe', 'propagateAttributes'],
    ...['setLangfuseTracerProvider', 'startActiveObservation', 'startObservation', 'updateActiveObservation'],
    'updateActiveTrace',
    // New in 5.11.1
    ...['setActiveTraceAsPublic', 'setActiveTraceIO'],
  ])('finds %s', (name) => {
    expect(tracing).toHaveProperty(name);
  });

  it('can ask an observation for its class', () => {
    const generation = tracing.startObservation('g', {}, { asType: 'generation' });
    expect(generation instanceof tracing.LangfuseGeneration).toBe(true);
    expect(generation instanceof tracing.LangfuseSpan).toBe(false);
    expect(generation instanceof tracing.Observation).toBe(true);
  });

  it('can put a class on a span of its own', () => {
    const otelSpan = tracing.getLangfuseTracer().startSpan('mine');
    new tracing.LangfuseTool({ otelSpan, attributes: { input: 'x' } }).update({ output: 'y' }).end();
    expect(spans.named('mine').attributes).toEqual({
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_TYPE]: 'tool',
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_INPUT]: 'x',
      [tracing.LangfuseOtelSpanAttributes.OBSERVATION_OUTPUT]: 'y',
    });
  });
});
