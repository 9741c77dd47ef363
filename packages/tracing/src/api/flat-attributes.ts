import type { Attributes } from '@opentelemetry/api';
import type { ObservationType } from '@powerrag/protocol';
import type { AttributesByType, TraceAttributes } from '../base/types.js';
import { writeObservation } from '../record/attributes.js';
import { writeUsageByKind } from '../record/gen-ai.js';
import { collect, flatTraceAttributes } from '../record/trace-attributes.js';

/** The span attributes that record an observation, for a span that other code creates. Empty values are left out. Token counts are by
 * kind, as any server reads them. */
export function createObservationAttributes<T extends ObservationType>(
  type: T,
  attributes: AttributesByType[T],
): Attributes {
  return collect((sink) => {
    writeObservation(sink, attributes, type);
    try {
      writeUsageByKind(sink, attributes);
    } catch {
      // What cannot be read is not counted; `writeObservation` has warned.
    }
  });
}

/** The span attributes that record trace attributes. Empty values are left out. */
export function createTraceAttributes(attributes: TraceAttributes = {}): Attributes {
  return flatTraceAttributes(attributes);
}
