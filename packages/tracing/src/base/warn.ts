import { diag } from '@opentelemetry/api';
import { threw } from './inert.js';
import { sharedState } from './shared-state.js';

/** What `@opentelemetry/api` keeps in the process for all its copies of one major version. */
interface OpenTelemetryGlobal {
  readonly version?: string;
  readonly trace?: object;
  readonly context?: object;
  readonly diag?: object;
}

const OPENTELEMETRY = Symbol.for('opentelemetry.js.api.1');
const holder = globalThis as { readonly [OPENTELEMETRY]?: OpenTelemetryGlobal };

export function openTelemetryGlobal(): OpenTelemetryGlobal | undefined {
  return holder[OPENTELEMETRY];
}

/**
 * Logs a warning once in the process: to the OpenTelemetry diag logger, or to the console where none is set, which is the default.
 * @param error the cause. Later causes of the same kind are not logged
 * @param kind what the warning is about, where the message contains a value of the application. Otherwise each value would be logged, and
 *   kept
 */
export function warnOnce(message: string, error?: unknown, kind: string = message): void {
  const { warned } = sharedState();
  if (warned.has(kind)) return;
  warned.add(kind);
  const text = `PowerRAG: ${message}${error === undefined ? '' : ` ${threw(error)}`}.`;
  if (openTelemetryGlobal()?.diag) diag.warn(text);
  // biome-ignore lint/suspicious/noConsole: diag drops everything unless a logger was set, and then nobody would learn of it.
  else console.warn(text);
}
