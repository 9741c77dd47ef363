import { type Tracer, type TracerProvider, trace } from '@opentelemetry/api';
import { sharedState } from '../base/shared-state.js';
import { openTelemetryGlobal, warnOnce } from '../base/warn.js';

const DEFAULT_SCOPE = 'powerrag';

let cached: { readonly provider: TracerProvider; readonly scope: string; readonly tracer: Tracer } | undefined;

/**
 * Makes all observations of the process go to this provider instead of the global one, so that they do not mix with the spans
 * of other instrumentation. `null` goes back to the global provider.
 */
export function setTracerProvider(provider: TracerProvider | null): void {
  sharedState().provider = provider;
}

/** The provider that observations go to: the one set by `setTracerProvider`, else the global one. */
export function getTracerProvider(): TracerProvider {
  return sharedState().provider ?? trace.getTracerProvider();
}

/** The tracer that starts the spans of observations: of that provider, by the configured scope name. */
export function getTracer(): Tracer {
  const { options, provider: own } = sharedState();
  const provider = own ?? trace.getTracerProvider();
  const scope = options.scopeName ?? DEFAULT_SCOPE;
  if (cached?.provider !== provider || cached.scope !== scope) {
    cached = { provider, scope, tracer: provider.getTracer(scope) };
  }
  return cached.tracer;
}

/** Returns whether a provider is set, and warns where one is set that this copy of `@opentelemetry/api` cannot see. */
export function checkProvider(): boolean {
  if (sharedState().provider) return true;
  const shared = openTelemetryGlobal();
  if (!shared?.trace) return false;
  if (shared.trace === trace.getTracerProvider()) return true;
  warnOnce(
    `nothing is recorded: the tracer provider is registered with another @opentelemetry/api, ${shared.version}. Make ` +
      'all copies one version (npm ls @opentelemetry/api)',
  );
  return false;
}

const globals = globalThis as { readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> } };

/** Says once that nothing is recorded because nothing is set up: on a server, and not in production, in tests or where that is wanted. */
export function hintAtSetUp(): void {
  const { warned } = sharedState();
  // A provider that another copy of `@opentelemetry/api` has registered has its own warning.
  if (warned.has(SET_UP) || openTelemetryGlobal()?.trace) return;
  const env = globals.process?.env;
  if (env && !/^(production|test)$/.test(env.NODE_ENV ?? '') && !/^true$/i.test(env.OTEL_SDK_DISABLED ?? ''))
    warnOnce(
      "nothing records observations: no tracer provider is registered. Import '@powerrag/exporter/register' first. " +
        'Not said with NODE_ENV=production or OTEL_SDK_DISABLED=true',
      undefined,
      SET_UP,
    );
  // Also where it is not said: reading the environment takes longer than all else that an observation without a provider costs.
  warned.add(SET_UP);
}

const SET_UP = 'set-up';
