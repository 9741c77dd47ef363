import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  AlwaysOnSampler,
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { SpanAttributeKeys, usageByKind } from '@powerrag/protocol';
import { afterEach, beforeEach } from 'vitest';
import { sharedState } from '../base/shared-state.js';

export interface RecordedSpans {
  /** Every span that has ended, in order of end. */
  all(): ReadableSpan[];
  /** The one ended span of that name. */
  named(name: string): ReadableSpan;
}

/** For tests: a real OpenTelemetry SDK around each test of the file, and the spans that it got. */
export function recordSpans(sampler: Sampler = new AlwaysOnSampler()): RecordedSpans {
  let exporter = new InMemorySpanExporter();
  beforeEach(() => {
    exporter = new InMemorySpanExporter();
    const provider = new BasicTracerProvider({ sampler, spanProcessors: [new SimpleSpanProcessor(exporter)] });
    trace.setGlobalTracerProvider(provider);
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  });
  afterEach(forgetSetUp);
  return {
    all: () => exporter.getFinishedSpans(),
    named(name) {
      const found = exporter.getFinishedSpans().filter((span) => span.name === name);
      if (found.length !== 1 || !found[0]) throw new Error(`${found.length} ended spans are named ${name}`);
      return found[0];
    },
  };
}

/** Takes back everything that a test may have set for the whole process. */
export function forgetSetUp(): void {
  trace.disable();
  context.disable();
  Object.assign(sharedState(), { provider: null, options: {}, alsoWrite: undefined, contextChecked: false });
  sharedState().warned.clear();
}

/** The recorded token counts, as a server reads them. */
export function tokensIn(attributes: Readonly<Record<string, unknown>>): Record<string, number> | undefined {
  const usage: object = JSON.parse(String(attributes[SpanAttributeKeys.observationUsageDetails]));
  return usageByKind(usage);
}

export function parentOf(span: ReadableSpan): string | undefined {
  return span.parentSpanContext?.spanId;
}
