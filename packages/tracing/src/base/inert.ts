/**
 * Reading a value of the application without running anything of it. An RPC client is a proxy whose every property is a remote
 * call, a lazy relation is a getter that asks a database: reading one must not start the work. So properties are looked up by
 * their descriptors, which a proxy without a trap for them answers from its target, and nothing that is found is called.
 */

/** How far up a chain of prototypes a property is looked for. A proxy can make the chain endless. */
const MAX_PROTOTYPES = 32;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * A property that the object or one of its prototypes holds as data; `undefined` where there is none. A getter is run only where a
 * class of the platform has it (`Blob.size`, `AbortSignal.aborted`), or where the caller asks for it.
 * @param runsGetters for objects that are made to be read, such as errors
 */
export function read(object: unknown, key: PropertyKey, runsGetters: boolean = false): unknown {
  let holder: unknown = object;
  try {
    for (let i = 0; i < MAX_PROTOTYPES && (isObject(holder) || typeof holder === 'function'); i++) {
      const found = Object.getOwnPropertyDescriptor(holder, key);
      if (!found) holder = Object.getPrototypeOf(holder);
      else if (!found.get) return found.value;
      else return runsGetters || isOfPlatform(holder) ? settled(Reflect.apply(found.get, object, [])) : undefined;
    }
  } catch (error) {
    return threw(error);
  }
  return undefined;
}

/** A property of the object's own: its value, or a marker for a getter, which is not run. */
export function ownValue(object: object, key: PropertyKey): unknown {
  try {
    const found = Object.getOwnPropertyDescriptor(object, key);
    return found?.get ? '[Getter]' : found?.value;
  } catch (error) {
    return threw(error);
  }
}

function isOfPlatform(prototype: object): boolean {
  const made: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  if (typeof made !== 'function' || made.prototype !== prototype) return false;
  const name: unknown = read(made, 'name');
  return typeof name === 'string' && Reflect.get(globalThis, name) === made;
}

/**
 * What an object says of itself for JSON. Its `toJSON` is called only where it really has one: neither a proxy nor a bound
 * function, which can stand for anything, nor an async function. `undefined` where there is none.
 */
export function toJson(value: object): { readonly json: unknown } | undefined {
  const method = read(value, 'toJSON');
  if (typeof method !== 'function') return undefined;
  // A proxy and a bound function are native and have no name in their source text.
  if (/^async\b|^function ?\(\) ?\{\s*\[native code\]/.test(Function.prototype.toString.call(method))) return undefined;
  return { json: settled(Reflect.apply(method, value, [''])) };
}

/** The value; when it is a promise that fails, that is nobody's concern: who called for it was not the application. */
export function settled(value: unknown): unknown {
  if (value instanceof Promise) Promise.prototype.then.call(value, undefined, () => {});
  return value;
}

/** The name of the object's class. */
export function nameOf(value: object): string {
  const name = read(read(value, 'constructor'), 'name');
  return typeof name === 'string' && name !== '' ? name : 'Object';
}

/** A marker with what an error says. */
export function threw(error: unknown): string {
  try {
    const message = error instanceof Error ? read(error, 'message', true) : error;
    if (isObject(message)) return `[threw: ${nameOf(message)}]`;
    if (typeof message !== 'function') return `[threw: ${String(message)}]`;
  } catch {
    // A revoked proxy: it throws when asked what it is.
  }
  return '[threw]';
}
