import {
  type Attributes,
  context,
  propagation,
  type TextMapPropagator,
  type TracerProvider,
  trace,
} from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, type Sampler, type SpanProcessor } from '@opentelemetry/sdk-trace-base';
import { systemClock } from './base/clock.js';
import { errorText } from './base/error-text.js';
import { guarded, recordAll } from './choose/sampler.js';
import { numberOr, type PowerRAGSpanProcessorOptions } from './config/options.js';
import { type FlushOptions, PowerRAGSpanProcessor, type ShutdownReport } from './processor.js';

export interface RegisterOptions extends PowerRAGSpanProcessorOptions {
  /** `service.name` of the resource. Default: `OTEL_SERVICE_NAME`, else what OpenTelemetry makes up. */
  readonly serviceName?: string;
  /** Further attributes of the resource; they count more than `OTEL_RESOURCE_ATTRIBUTES`. Default: none. */
  readonly resourceAttributes?: Attributes;
  /**
   * Which traces are recorded. Default: `OTEL_TRACES_SAMPLER`, else all, also those that a caller has not sampled
   * (`traceparent: …-00`).
   */
  readonly sampler?: Sampler;
  /**
   * Whether the session id, and the other attributes of a trace, go along to the services that are called. They travel as W3C
   * baggage, which reaches third parties too. What a caller sends is taken over either way. Default false.
   */
  readonly propagateSession?: boolean;
  /** Propagators beside W3C trace context and baggage. Default: none. */
  readonly propagators?: readonly TextMapPropagator[];
  /** OpenTelemetry instrumentations to switch on with our provider. Default: none. */
  readonly instrumentations?: readonly Instrumentation[];
  /** Further span processors of the same provider; they run before ours. Default: none. */
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
  /** As the processor's; the further span processors are flushed beside it, by default for 5 seconds. Never rejects. */
  forceFlush(options?: FlushOptions): Promise<void>;
  /** As the processor's; the further span processors are shut down beside it. Never rejects. */
  shutdown(options?: FlushOptions): Promise<ShutdownReport>;
}

/** One registration a process, also where both the ESM and the CommonJS build of this package are loaded. */
const REGISTRATION: unique symbol = Symbol.for('powerrag.registration');
const OPTIONS: unique symbol = Symbol.for('powerrag.registration.options');

/** How long the further span processors may take to flush or shut down, where the caller does not say. */
const OTHERS_TIMEOUT_MS = 5_000;

interface GlobalRegistration {
  [REGISTRATION]?: Registration;
  /** What it was registered with. */
  [OPTIONS]?: RegisterOptions;
}

/**
 * Makes a working set-up in one call: tracer provider, context manager, W3C propagators, our span processor and exit hooks,
 * registered with `@opentelemetry/api`. Called again, it returns the first registration and ignores the options, which the log
 * then says. What somebody else has registered before stays. With `OTEL_SDK_DISABLED=true` only the propagators are registered,
 * so nothing is recorded.
 */
export function register(options?: RegisterOptions): Registration {
  const globals: typeof globalThis & GlobalRegistration = globalThis;
  // From JavaScript null may come, which no default stands in for.
  const given = options ?? {};
  const first = globals[REGISTRATION];
  if (first) {
    tellOfIgnored(given, first, globals[OPTIONS] ?? {});
    return first;
  }
  // Frozen, or Jest would delete what is in them when it tears down the global scope.
  const registration = Object.freeze(setUp(given));
  globals[REGISTRATION] = registration;
  globals[OPTIONS] = Object.freeze({ ...given });
  return registration;
}

/** A mask that is ignored without a word would let out what it was to hide. */
function tellOfIgnored(options: RegisterOptions, first: Registration, taken: RegisterOptions): void {
  const ignored = Object.entries(options).filter(([name, value]) => Reflect.get(taken, name) !== value);
  if (ignored.length === 0) return;
  first.processor.warn(
    `register() was called before, so these options are ignored: ${ignored.map(([name]) => name).join(', ')}. ` +
      "Give them to the first call, and mind that '@powerrag/exporter/register' makes one.",
  );
}

function setUp(options: RegisterOptions): Registration {
  const processor = new PowerRAGSpanProcessor(options);
  const others = present(options.spanProcessors);
  const named = options.serviceName === undefined ? {} : { 'service.name': options.serviceName };
  const tracerProvider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ ...options.resourceAttributes, ...named })),
    spanProcessors: [...others, processor],
    ...samplerOf(options.sampler, processor),
  });
  const disabled = process.env.OTEL_SDK_DISABLED?.trim().toLowerCase() === 'true';
  if (!disabled) record(tracerProvider, processor, present(options.instrumentations));
  propagate(processor, options);
  return {
    tracerProvider,
    processor,
    async forceFlush(flush) {
      await Promise.all([processor.forceFlush(flush), each(others, (other) => other.forceFlush(), flush)]);
    },
    async shutdown(flush) {
      const [report] = await Promise.all([processor.shutdown(flush), each(others, (other) => other.shutdown(), flush)]);
      return report;
    },
  };
}

/** None where the environment names one: the provider makes it. */
function samplerOf(given: Sampler | undefined, processor: PowerRAGSpanProcessor): { readonly sampler?: Sampler } {
  if (given) return { sampler: guarded(given, processor) };
  const isNamed = (process.env.OTEL_TRACES_SAMPLER ?? '').trim() !== '';
  return isNamed ? {} : { sampler: recordAll };
}

/** Without what an application has left out with `condition && …`. */
function present<T extends object>(list: readonly T[] | undefined): T[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : [];
}

/** Resolves when all are done or have failed, or at the deadline: what becomes of their spans, they know themselves. */
async function each(
  others: readonly SpanProcessor[],
  act: (other: SpanProcessor) => Promise<void>,
  options: FlushOptions | undefined,
): Promise<void> {
  if (others.length === 0) return;
  let cancel = (): void => {};
  const deadline = new Promise<void>((resolve) => {
    cancel = systemClock.after(numberOr(options?.timeoutMs, OTHERS_TIMEOUT_MS), resolve, { holdProcess: true });
  });
  const done = Promise.allSettled(others.map(async (other) => act(other)));
  await Promise.race([done, deadline]);
  cancel();
}

function record(
  tracerProvider: TracerProvider,
  processor: PowerRAGSpanProcessor,
  instrumentations: readonly Instrumentation[],
): void {
  if (!trace.setGlobalTracerProvider(tracerProvider)) {
    processor.warn(
      'another OpenTelemetry tracer provider is registered already, so its spans do not come here. ' +
        'Call register() before it, or add `new PowerRAGSpanProcessor()` to its spanProcessors.',
    );
  }
  const contextManager = new AsyncLocalStorageContextManager().enable();
  if (!context.setGlobalContextManager(contextManager)) contextManager.disable();
  for (const instrumentation of instrumentations) {
    try {
      instrumentation.setTracerProvider(tracerProvider);
      instrumentation.enable();
    } catch (error) {
      processor.warn(`an instrumentation could not be switched on: ${errorText(error)}`);
    }
  }
}

function propagate(processor: PowerRAGSpanProcessor, options: RegisterOptions): void {
  const baggage = options.propagateSession === true ? processor.sessionPropagator() : new W3CBaggagePropagator();
  const propagators = [new W3CTraceContextPropagator(), baggage, ...present(options.propagators)];
  if (propagation.setGlobalPropagator(new CompositePropagator({ propagators })) || !options.propagateSession) return;
  processor.warn(
    'another OpenTelemetry propagator is registered already, so session ids do not go along to other services. ' +
      'Call register() before it, or add `processor.sessionPropagator()` to its propagators.',
  );
}
