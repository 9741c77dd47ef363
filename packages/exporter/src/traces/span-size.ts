import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';

/** JavaScript holds a text in one or two bytes per UTF-16 unit; which, cannot be seen. */
const BYTES_PER_UNIT = 2;

/** At most so many bytes of memory are held by the texts in the span's attributes and events. Costs a step per attribute. */
export function sizeOf(span: ReadableSpan): number {
  let bytes = sizeOfAttributes(span.attributes);
  for (const { attributes } of span.events ?? []) if (attributes) bytes += sizeOfAttributes(attributes);
  return bytes;
}

function sizeOfAttributes(attributes: Attributes): number {
  let units = 0;
  for (const key in attributes) units += unitsOf(attributes[key]);
  return units * BYTES_PER_UNIT;
}

function unitsOf(value: AttributeValue | undefined): number {
  if (typeof value === 'string') return value.length;
  if (!Array.isArray(value)) return 0;
  let units = 0;
  for (const item of value) if (typeof item === 'string') units += item.length;
  return units;
}
