import { type Span, SpanStatusCode } from '@opentelemetry/api';
import {
  isAbort,
  isObject,
  maxValueLength,
  nameOf,
  type ObservationType,
  SpanAttributeKeys,
  snapshotOf,
  textIn,
  wellFormed,
} from '@powerrag/protocol';

/** Sets an attribute to the snapshot of a value; nothing where there is nothing to record. */
export function write(span: Span, key: string, value: unknown): void {
  const text = snapshotOf(value, maxValueLength());
  if (text !== undefined) span.setAttribute(key, text);
}

/** Sets an attribute to a value of our own making, which is within the limit of one value or is not subject to it: nothing is cut. */
export function writeWhole(span: Span, key: string, value: string | object | undefined): void {
  if (value !== undefined)
    span.setAttribute(key, typeof value === 'string' ? wellFormed(value) : JSON.stringify(value));
}

export function writeType(span: Span, type: ObservationType): void {
  span.setAttribute(SpanAttributeKeys.observationType, type);
}

export function writeMetadata(span: Span, metadata: Readonly<Record<string, unknown>>): void {
  for (const [key, value] of Object.entries(metadata))
    write(span, `${SpanAttributeKeys.observationMetadata}.${key}`, value);
}

/** As the tracing package records what an observed function throws: an abort is a warning, anything else an error. */
export function writeFailure(span: Span, error: unknown): void {
  if (isAbort(error)) {
    write(span, SpanAttributeKeys.observationLevel, 'WARNING');
    write(span, SpanAttributeKeys.observationStatusMessage, 'aborted');
    return;
  }
  const message = messageOf(error);
  write(span, SpanAttributeKeys.observationLevel, 'ERROR');
  writeWhole(span, SpanAttributeKeys.observationStatusMessage, message);
  span.setStatus({ code: SpanStatusCode.ERROR, message });
  const stack = textIn(error, 'stack');
  span.recordException({
    name: isObject(error) ? nameOf(error) : typeof error,
    message,
    ...(stack && { stack }),
  });
}

function messageOf(error: unknown): string {
  return snapshotOf(textIn(error, 'message') || error, maxValueLength()) || 'failed';
}
