import { context, propagation, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import {
  type FlushOptions,
  PowerRAGSpanProcessor,
  type PowerRAGSpanProcessorOptions,
  type ShutdownReport,
} from './processor.js';

export interface RegisterOptions extends PowerRAGSpanProcessorOptions {
  /** `service.name` of the resource. Default: `OTEL_SERVICE_NAME`, else what OpenTelemetry makes up. */
  readonly serviceName?: string;
  /** Which traces are recorded. Default: `OTEL_TRACES_SAMPLER`, else all. */
  readonly sampler?: Sampler;
  /** Further span processors of the same provider; they run before ours. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** What `register` has set up. */
export interface Registration {
  readonly tracerProvider: TracerProvider;
  readonly processor: PowerRAGSpanProcessor;
  forceFlush(options?: FlushOptions): Promise<void>;
  shutdown(options?: FlushOptions): Promise<ShutdownReport>;
}

/** One registration a process, also where both the ESM and the CommonJS build of this package are loaded. */
const REGISTRATION: unique symbol = Symbol.for('powerrag.registration');

interface GlobalRegistration {
  [REGISTRATION]?: Registration;
}

/**
 * Makes a working set-up in one call: tracer provider, context manager, W3C propagators, our span processor and exit hooks,
 * registered with `@opentelemetry/api`. Called again, it returns the first registration and ignores the options.
 */
export function register(options: RegisterOptions = {}): Registration {
  const globals: typeof globalThis & GlobalRegistration = globalThis;
  globals[REGISTRATION] ??= setUp(options);
  return globals[REGISTRATION];
}

function setUp(options: RegisterOptions): Registration {
  const processor = new PowerRAGSpanProcessor(options);
  const named = options.serviceName === undefined ? {} : { 'service.name': options.serviceName };
  const tracerProvider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes(named)),
    spanProcessors: [...(options.spanProcessors ?? []), processor],
    ...(options.sampler ? { sampler: options.sampler } : {}),
  });
  trace.setGlobalTracerProvider(tracerProvider);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(
    new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] }),
  );
  return {
    tracerProvider,
    processor,
    forceFlush: (flush) => processor.forceFlush(flush),
    shutdown: (flush) => processor.shutdown(flush),
  };
}
