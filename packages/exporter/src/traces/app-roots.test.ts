import { type Context, propagation, ROOT_CONTEXT, TraceFlags, trace } from '@opentelemetry/api';
import { describe, expect, it } from 'vitest';
import { llmSpansOnly } from '../choose/filter.js';
import type { PowerRAGSpanProcessorOptions } from '../config/options.js';
import { startCollector } from '../testing/collector.js';
import { type Pipeline, startPipeline } from '../testing/pipeline.js';

const TRACE_ID = 'a1'.repeat(16);

/** The names of the spans that arrive marked. */
async function roots(
  program: (pipeline: Pipeline) => void,
  options: PowerRAGSpanProcessorOptions = {},
): Promise<string[]> {
  const collector = await startCollector();
  const pipeline = startPipeline({ baseUrl: collector.baseUrl, ...options });
  program(pipeline);
  await pipeline.processor.forceFlush();
  return collector
    .spans()
    .filter(({ attributes }) => attributes['langfuse.internal.is_app_root'] === true)
    .map(({ name }) => name)
    .sort();
}

/** As the extraction of a request leaves it. */
function calledBy(claim?: string): Context {
  const spanContext = { traceId: TRACE_ID, spanId: 'b2'.repeat(8), traceFlags: TraceFlags.SAMPLED, isRemote: true };
  const called = trace.setSpanContext(ROOT_CONTEXT, spanContext);
  if (claim === undefined) return called;
  return propagation.setBaggage(called, propagation.createBaggage({ langfuse_trace_id: { value: claim } }));
}

describe('the root of what the application did', () => {
  it('is each root span, and no child', async () => {
    const marked = await roots(({ start }) => {
      for (const name of ['one', 'two']) {
        const root = start(name);
        start('child', root).end();
        root.end();
      }
    });
    expect(marked).toEqual(['one', 'two']);
  });

  it('is the first span here of a trace that began elsewhere', async () => {
    expect(await roots(({ tracer }) => tracer.startSpan('handle', {}, calledBy()).end())).toEqual(['handle']);
  });

  it.each([
    ['this trace', TRACE_ID, []],
    ['another trace', 'c3'.repeat(16), ['handle']],
  ])('with a claim from upstream to the root of %s, is %s', async (_which, claim, expected) => {
    expect(await roots(({ tracer }) => tracer.startSpan('handle', {}, calledBy(claim)).end())).toEqual(expected);
  });

  it('is the first that shouldExportSpan lets through, not each below one that it holds back', async () => {
    const marked = await roots(
      ({ start, tracer }) => {
        const http = start('http');
        const turn = start('turn', http, { 'gen_ai.operation.name': 'chat' });
        const database = start('database', turn);
        start('model', database, { 'gen_ai.operation.name': 'chat' }).end();
        for (const span of [database, turn, http]) span.end();
        tracer.startSpan('handle', { attributes: { 'gen_ai.system': 'x' } }, calledBy()).end();
      },
      { shouldExportSpan: llmSpansOnly },
    );
    expect(marked).toEqual(['handle', 'turn']);
  });

  it('is none where shouldExportSpan throws', async () => {
    const options: PowerRAGSpanProcessorOptions = {
      shouldExportSpan: () => {
        throw new Error('broken filter');
      },
    };
    expect(await roots(({ start }) => start('root').end(), options)).toEqual([]);
  });
});
