/** The properties that the application has set on an object, without the symbols under which the runtime keeps its state. */
export function ownKeysOf(object: object): PropertyKey[] {
  return Reflect.ownKeys(object).filter((key) => {
    return typeof key === 'string' || Symbol.keyFor(key) !== undefined || key.description?.startsWith('Symbol.');
  });
}

/** The object, with the properties that the application has set on the object it replaces. */
export function withOwnOf<T extends object>(given: object, standIn: T): T {
  for (const key of ownKeysOf(given)) {
    const own = Object.getOwnPropertyDescriptor(given, key);
    if (own && !Object.hasOwn(standIn, key)) Object.defineProperty(standIn, key, own);
  }
  return standIn;
}
