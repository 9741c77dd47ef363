import type { Json, ObservationLevel } from '@powerrag/protocol';
import { MAX_UNIX_MS } from '../observation/observation.js';
import type { Attributes, OtlpEvent, OtlpSpan } from '../otlp/otlp.js';
import { type Rule, textAt, textOf } from './span-reader.js';

/** What plain OpenTelemetry says: status, exceptions, and the resource that a span came from. */

export const environment = textAt('deployment.environment.name', 'deployment.environment');
export const userId = textAt('enduser.id');

/** The text under the first of these keys of the resource. The resource is shared by many spans, so nothing is claimed. */
export function fromResource(...keys: readonly string[]): Rule<string> {
  return ({ span }) => {
    for (const key of keys) {
      const text = textOf(span.resource.get(key));
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

/** OpenTelemetry SDKs write `unknown_service:<process>` where nobody named the service; that is not a name. */
export const serviceName: Rule<string> = (span) => {
  const name = fromResource('service.name')(span);
  return name?.startsWith('unknown_service') ? undefined : name;
};

/** An exception on a span that did not fail was handled there: worth a look, not an error. */
export const level: Rule<ObservationLevel> = ({ span }) => {
  if (span.status.code === 'error') return 'ERROR';
  const exception = exceptionOf(span);
  if (exception === undefined || span.status.code === 'ok') return undefined;
  return exception.attributes.get('exception.escaped') === true ? 'ERROR' : 'WARNING';
};

export const statusMessage: Rule<string> = ({ span }) => {
  if (span.status.message !== '') return span.status.message;
  const exception = exceptionOf(span);
  const type = textOf(exception?.attributes.get('exception.type'));
  const message = textOf(exception?.attributes.get('exception.message'));
  return type !== undefined && message !== undefined ? `${type}: ${message}` : (message ?? type);
};

/** What kind of failure it was, where the span says no more. `_OTHER` is the conventions' word for an unknown kind. */
export const errorType: Rule<string> = ({ span }) => {
  const type = span.status.code === 'error' ? textOf(span.attributes.get('error.type')) : undefined;
  return type === '_OTHER' ? undefined : type;
};

/** The last exception is the one that ended the span, if any did. */
function exceptionOf(span: OtlpSpan): OtlpEvent | undefined {
  return span.events.findLast((event) => event.name === 'exception');
}

/** Unix milliseconds, to the microsecond, from 0 to `MAX_UNIX_MS`. */
export function toMs(unixNano: bigint): number {
  return Math.min(Math.max(Number(unixNano / 1_000n) / 1_000, 0), MAX_UNIX_MS);
}

/** What a resource says beyond the fields that have a place of their own. */
export function resourceMetadata(resource: Attributes): Readonly<Record<string, Json>> {
  return Object.fromEntries([...resource].filter(([key]) => key !== 'service.name'));
}
