import type { AttributeSink, SdkSpan } from '../base/sdk-span.js';
import { snapshot } from '../base/snapshot.js';
import { warnOnce } from '../base/warn.js';

/** Writes the snapshot of a value, where there is something to record. */
export function writeText(sink: AttributeSink, key: string, value: unknown): void {
  const text = snapshot(value);
  if (text !== undefined) sink.setAttribute(key, text);
}

/** As `writeText`, unless the span has ended or does not record; never throws. */
export function recordText(span: SdkSpan, key: string, value: unknown): void {
  try {
    if (span.isRecording()) writeText(span, key, value);
  } catch (error) {
    warnOnce('an attribute could not be recorded', error);
  }
}
