import { context, propagation, type TextMapPropagator, type TracerProvider, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { PowerRAGSpanProcessorOptions } from './options.js';
import { type FlushOptions, PowerRAGSpanProcessor, type ShutdownReport } from './processor.js';

export interface RegisterOptions extends PowerRAGSpanProcessorOptions {
  /** `service.name` of the resource. Default: `OTEL_SERVICE_NAME`, else what OpenTelemetry makes up. */
  readonly serviceName?: string;
  /** Which traces are recorded. Default: `OTEL_TRACES_SAMPLER`, else all. */
  readonly sampler?: Sampler;
  /**
   * Whether the session id, and the other attributes of a trace, go along to the services that are called, and are taken over
   * from a caller. They travel as W3C baggage, which reaches third parties too. Default false.
   */
  readonly propagateSession?: boolean;
  /** Propagators beside W3C trace context and baggage. */
  readonly propagators?: readonly TextMapPropagator[];
  /** OpenTelemetry instrumentations to switch on with our provider. */
  readonly instrumentations?: readonly Instrumentation[];
  /** Further span processors of the same provider; they run before ours. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** What `register` asks of an instrumentation; those of OpenTelemetry have it. */
export interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
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
  if (!trace.setGlobalTracerProvider(tracerProvider)) {
    processor.warn(
      'another OpenTelemetry tracer provider is registered already, so its spans do not come here. ' +
        'Call register() before it, or add `new PowerRAGSpanProcessor()` to its spanProcessors.',
    );
  }
  const contextManager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(contextManager)) contextManager.disable();
  const baggage = options.propagateSession === true ? processor.sessionPropagator() : new W3CBaggagePropagator();
  const propagators = [new W3CTraceContextPropagator(), baggage, ...(options.propagators ?? [])];
  propagation.setGlobalPropagator(new CompositePropagator({ propagators }));
  for (const instrumentation of options.instrumentations ?? []) {
    instrumentation.setTracerProvider(tracerProvider);
    instrumentation.enable();
  }
  return {
    tracerProvider,
    processor,
    forceFlush: (flush) => processor.forceFlush(flush),
    shutdown: (flush) => processor.shutdown(flush),
  };
}
