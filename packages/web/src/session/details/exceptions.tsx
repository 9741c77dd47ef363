import type { Json, ObservationEvent } from '@powerrag/protocol';
import { FailureText } from '../../ui/failure-text.js';
import { Block } from './section.js';

/** The exceptions of an observation, by OpenTelemetry's event of that name: each with its stack trace. */
export function Exceptions({ events }: { readonly events: readonly ObservationEvent[] }) {
  const exceptions = events.filter(({ name }) => name === 'exception');
  return (
    <Block title={exceptions.length > 1 ? 'Exceptions' : 'Exception'} shown={exceptions.length > 0}>
      {exceptions.map((event, position) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: events of one observation never move
        <div key={position} className="details-exception">
          <FailureText text={failureOf(event)} />
        </div>
      ))}
    </Block>
  );
}

/** The stack trace, which usually begins with the message; without one, the type and the message. */
function failureOf({ attributes }: ObservationEvent): string {
  const [type, message, trace] = ['type', 'message', 'stacktrace'].map((name) =>
    textOf(attributes[`exception.${name}`]),
  );
  if (trace) return message && !trace.includes(message) ? `${message}\n${trace}` : trace;
  return [type, message].filter(Boolean).join(': ');
}

/** Some clients write a stack trace as a string of JSON. */
function textOf(value: Json | undefined): string {
  if (typeof value !== 'string') return '';
  if (!/^\s*".*"\s*$/.test(value)) return value;
  try {
    return textOf(JSON.parse(value));
  } catch {
    return value;
  }
}
