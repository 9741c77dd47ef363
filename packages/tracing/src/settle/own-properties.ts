/** The properties that the application has put on an object: not those under symbols that the runtime keeps its state in. */
export function ownKeysOf(object: object): PropertyKey[] {
  return Reflect.ownKeys(object).filter((key) => {
    return typeof key === 'string' || Symbol.keyFor(key) !== undefined || key.description?.startsWith('Symbol.');
  });
}

/** The object, with what the application has put on the one that it stands for. */
export function withOwnOf<T extends object>(given: object, standIn: T): T {
  for (const key of ownKeysOf(given)) {
    const own = Object.getOwnPropertyDescriptor(given, key);
    if (own && !Object.hasOwn(standIn, key)) Object.defineProperty(standIn, key, own);
  }
  return standIn;
}
