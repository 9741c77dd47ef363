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
import { type AiSdkTracing, noticeIntegrations, traceAiSdk } from './ai-sdk/channel.js';
import { systemClock } from './base/clock.js';
import { errorText } from './base/error-text.js';
import { isProcessRealm } from './base/realm.js';
import { guarded, recordAll } from './choose/sampler.js';
import { environmentVariables, isSamplerSet, isSdkDisabled } from './config/environment.js';
import { numberOr, type PowerRAGSpanProcessorOptions } from './config/options.js';
import { type FlushOptions, PowerRAGSpanProcessor, type ShutdownReport } from './processor.js';
import type { Log } from './report/log.js';

export interface RegisterOptions extends PowerRAGSpanProcessorOptions {
  /** `service.name` of the resource. Default: `OTEL_SERVICE_NAME`, else the default of OpenTelemetry. */
  readonly serviceName?: string;
  /** More resource attributes. They override `OTEL_RESOURCE_ATTRIBUTES`. Default: none. */
  readonly resourceAttributes?: Attributes;
  /**
   * Decides which traces are recorded. Default: `OTEL_TRACES_SAMPLER`, else all, even when the caller does not sample
   * (`traceparent: …-00`).
   */
  readonly sampler?: Sampler;
  /**
   * Whether to pass the session id and the other trace attributes to the services that this one calls. They are sent as W3C
   * baggage, which reaches third parties too. Trace attributes from a caller are accepted either way. Default false.
   */
  readonly propagateSession?: boolean;
  /** Propagators in addition to W3C trace context and baggage. Default: none. */
  readonly propagators?: readonly TextMapPropagator[];
  /** OpenTelemetry instrumentations to enable with our tracer provider. Default: none. */
  readonly instrumentations?: readonly Instrumentation[];
  /**
   * Whether to record calls of the Vercel AI SDK, from version 7 on, without a setting at the call. A call that an integration of the
   * AI SDK records with the same tracer provider is left to that. Default true.
   */
  readonly aiSdk?: boolean;
  /** More span processors of the same tracer provider. They run before ours. Default: none. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

/** The methods of an OpenTelemetry instrumentation that `register` calls. */
export interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void;
  enable(): void;
}

/** What `register` has set up. */
export interface Registration {
  readonly tracerProvider: TracerProvider;
  readonly processor: PowerRAGSpanProcessor;
  /** Flushes our processor, and the other span processors for 5 seconds by default. Never rejects. */
  forceFlush(options?: FlushOptions): Promise<void>;
  /** Shuts down our processor, and the other span processors for 5 seconds by default. Never rejects. */
  shutdown(options?: FlushOptions): Promise<ShutdownReport>;
}

/** One registration per process, even if both the ESM and the CommonJS build of this package are loaded. */
const REGISTRATION: unique symbol = Symbol.for('powerrag.registration');
const FIRST_CALL: unique symbol = Symbol.for('powerrag.registration.first-call');

/** Default time limit for the other span processors to flush or shut down. */
const OTHERS_TIMEOUT_MS = 5_000;

interface GlobalRegistration {
  [REGISTRATION]?: Registration;
  [FIRST_CALL]?: { readonly options: RegisterOptions; readonly log: Log };
}

/**
 * Sets up tracing in one call: creates a tracer provider with our span processor and exit hooks, a context manager and W3C
 * propagators, and registers them with `@opentelemetry/api`. A second call returns the first registration and logs that its
 * options are ignored. What is already registered stays. With `OTEL_SDK_DISABLED=true` it registers only the propagators, so
 * nothing is recorded.
 */
export function register(options?: RegisterOptions): Registration {
  const globals: typeof globalThis & GlobalRegistration = globalThis;
  // JavaScript code may pass null.
  const given = options ?? {};
  const first = globals[REGISTRATION];
  if (first) {
    if (globals[FIRST_CALL]) warnOfIgnored(given, globals[FIRST_CALL]);
    return first;
  }
  // Frozen, because Jest deletes the properties of globals when it tears down the global scope.
  const registration = Object.freeze(setUp(given));
  globals[REGISTRATION] = registration;
  globals[FIRST_CALL] = Object.freeze({
    options: Object.freeze({ ...given }),
    log: registration.processor.pipeline.log,
  });
  return registration;
}

/** An ignored `mask` must not go unnoticed: it would let out what it was meant to hide. */
function warnOfIgnored(
  options: RegisterOptions,
  first: { readonly options: RegisterOptions; readonly log: Log },
): void {
  const ignored = Object.entries(options).filter(([name, value]) => Reflect.get(first.options, name) !== value);
  if (ignored.length === 0) return;
  first.log.warn(
    `register() was called before, so these options are ignored: ${ignored.map(([name]) => name).join(', ')}. ` +
      "Pass them to the first call. Note that importing '@powerrag/exporter/register' makes one.",
  );
}

function setUp(options: RegisterOptions): Registration {
  const processor = new PowerRAGSpanProcessor(options);
  const { log } = processor.pipeline;
  const others = present(options.spanProcessors);
  const named = options.serviceName === undefined ? {} : { 'service.name': options.serviceName };
  const tracerProvider = new BasicTracerProvider({
    resource: defaultResource()
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes({ ...options.resourceAttributes, ...named })),
    spanProcessors: [...others, noticeIntegrations, processor],
    ...samplerOf(options.sampler, log),
  });
  const isDisabled = isSdkDisabled(environmentVariables());
  if (!isDisabled) record(tracerProvider, log, present(options.instrumentations));
  propagate(processor, options);
  // After the context manager is registered, which it looks for.
  const aiSdk = isDisabled || options.aiSdk === false ? undefined : recordAiSdk(tracerProvider, options);
  return {
    tracerProvider,
    processor,
    async forceFlush(flush) {
      await Promise.all([processor.forceFlush(flush), each(others, (other) => other.forceFlush(), flush)]);
    },
    async shutdown(flush) {
      aiSdk?.stop();
      const [report] = await Promise.all([processor.shutdown(flush), each(others, (other) => other.shutdown(), flush)]);
      return report;
    },
  };
}

/** Empty when the environment names a sampler: the provider creates it. */
function samplerOf(given: Sampler | undefined, log: Log): { readonly sampler?: Sampler } {
  if (given) return { sampler: guarded(given, log) };
  return isSamplerSet(environmentVariables()) ? {} : { sampler: recordAll };
}

/** Leaves out entries that are not objects, such as `false` from `condition && …`. */
function present<T extends object>(list: readonly T[] | undefined): T[] {
  return Array.isArray(list) ? list.filter((each) => typeof each === 'object' && each !== null) : [];
}

/** Resolves when all have finished or failed, or at the deadline. */
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

function record(tracerProvider: TracerProvider, log: Log, instrumentations: readonly Instrumentation[]): void {
  if (!trace.setGlobalTracerProvider(tracerProvider)) {
    log.warn(
      'another OpenTelemetry tracer provider is already registered, and its spans are not sent. ' +
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
      log.warn(`an instrumentation could not be enabled: ${errorText(error)}`);
    }
  }
}

/** Answers that nobody has read to the end are sent with what was read, when the process has nothing more to do. */
function recordAiSdk(tracerProvider: TracerProvider, options: RegisterOptions): AiSdkTracing {
  const tracing = traceAiSdk(tracerProvider);
  if (options.exitHooks === false || !isProcessRealm()) return tracing;
  // Before the exit hooks, which send it.
  process.prependListener('beforeExit', tracing.abandonAll);
  return {
    ...tracing,
    stop() {
      process.off('beforeExit', tracing.abandonAll);
      tracing.stop();
    },
  };
}

function propagate(processor: PowerRAGSpanProcessor, options: RegisterOptions): void {
  const baggage = options.propagateSession === true ? processor.sessionPropagator() : new W3CBaggagePropagator();
  const propagators = [new W3CTraceContextPropagator(), baggage, ...present(options.propagators)];
  if (propagation.setGlobalPropagator(new CompositePropagator({ propagators })) || !options.propagateSession) return;
  processor.pipeline.log.warn(
    'another OpenTelemetry propagator is already registered, so session ids are not passed to other services. ' +
      'Call register() before it, or add `processor.sessionPropagator()` to its propagators.',
  );
}
