import type { Json } from '@powerrag/protocol';
import * as v from 'valibot';

/** Any JSON value. Not looked into: the bodies of observations are as deep and as odd as what was sent. */
export const json = v.custom<Json>(() => true);

/** An object by names that are not known beforehand. */
export function byName<T extends v.GenericSchema>(value: T) {
  return v.record(v.string(), value);
}

/** A schema with a name of its own in the OpenAPI document. */
export function named<T extends v.GenericSchema>(ref: string, schema: T) {
  return v.pipe(schema, v.metadata({ ref }));
}

/** A number with its meaning, such as its unit. */
export function number(description: string) {
  return v.pipe(v.number(), v.description(description));
}

/** A text with its meaning. */
export function string(description: string) {
  return v.pipe(v.string(), v.description(description));
}
