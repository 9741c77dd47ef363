import type { Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import { systemClock } from '../base/clock.js';
import type { PowerRAGSpanProcessorOptions } from '../config/options.js';
import type { PipelineTime } from '../pipeline.js';
import { PowerRAGSpanProcessor } from '../processor.js';

export interface Pipeline {
  readonly tracer: Tracer;
  readonly processor: PowerRAGSpanProcessor;
  readonly provider: BasicTracerProvider;
  /** A span that is a child of `parent`, or a root. */
  start(name: string, parent?: Span, attributes?: Record<string, string>): Span;
}

/** A real tracer provider with our processor: without exit hooks or log, and shut down with the test. */
export function startPipeline(options: PowerRAGSpanProcessorOptions, time?: Partial<PipelineTime>): Pipeline {
  const quiet = { exitHooks: false, log: () => {}, ...options };
  const processor = new PowerRAGSpanProcessor(quiet, { clock: systemClock, random: Math.random, ...time });
  const provider = new BasicTracerProvider({ spanProcessors: [processor] });
  const tracer = provider.getTracer('test');
  onTestFinished(async () => {
    await processor.shutdown({ timeoutMs: 1_000 });
  });
  return {
    tracer,
    processor,
    provider,
    start: (name, parent, attributes = {}) =>
      tracer.startSpan(name, { attributes }, parent ? trace.setSpan(ROOT_CONTEXT, parent) : ROOT_CONTEXT),
  };
}
