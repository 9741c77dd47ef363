/** A property of a value of unknown type; undefined when the value is not an object or has no such property. */
export function property(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}
