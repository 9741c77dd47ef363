import type { Tracer } from '@opentelemetry/api';
import { ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { onTestFinished } from 'vitest';
import type { PowerRAGSpanProcessorOptions } from '../config/options.js';
import { PowerRAGSpanProcessor } from '../processor.js';

export interface Pipeline {
  readonly tracer: Tracer;
  readonly processor: PowerRAGSpanProcessor;
  readonly provider: BasicTracerProvider;
  /** A span that is a child of `parent`, or a root. */
  start(name: string, parent?: Span, attributes?: Record<string, string>): Span;
}

/** A real tracer provider with our processor. Without exit hooks, quiet, and shut down with the test. */
export function startPipeline(options: PowerRAGSpanProcessorOptions): Pipeline {
  const processor = new PowerRAGSpanProcessor({ exitHooks: false, log: () => {}, ...options });
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
