/**
 * Reads values of the application without running their code. Every property of an RPC client (a proxy) is a remote call, and a lazy
 * relation is a getter that queries a database: reading one must not start that work. So properties are looked up by their descriptors,
 * which a proxy without a trap for them answers from its target, and nothing found there is called.
 */

/** How many prototypes are searched for a property. A proxy can make the chain endless. */
const MAX_PROTOTYPES = 32;

export function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * A data property of the object or of one of its prototypes; `undefined` if it does not exist. Runs a getter only where it belongs to a
 * class of the platform (`Blob.size`, `AbortSignal.aborted`), or where the caller asks for it.
 * @param runsGetters for objects whose getters are safe to run, such as errors
 */
export function read(object: unknown, key: PropertyKey, runsGetters: boolean = false): unknown {
  let holder: unknown = object;
  try {
    for (let i = 0; i < MAX_PROTOTYPES && (isObject(holder) || typeof holder === 'function'); i++) {
      const found = Object.getOwnPropertyDescriptor(holder, key);
      if (!found) holder = Object.getPrototypeOf(holder);
      else if (!found.get) return found.value;
      else
        return runsGetters || isOfPlatform(holder)
          ? ignoringRejection(Reflect.apply(found.get, object, []))
          : undefined;
    }
  } catch (error) {
    return threw(error);
  }
  return undefined;
}

/** Like `read`, for a text: `''` if the value is not a string. */
export function textAt(object: unknown, key: PropertyKey, runsGetters?: boolean): string {
  const text = read(object, key, runsGetters);
  return typeof text === 'string' ? text : '';
}

/**
 * Whether a data property of the object or of one of its prototypes is a function. Only what is really there counts: a proxy that answers to
 * any name, such as an RPC client or a mock, has nothing.
 */
export function has(value: unknown, key: PropertyKey): value is object {
  return typeof read(value, key) === 'function';
}

/** The getter of a property of the object or of one of its prototypes, which it does not run; `undefined` where it is none. */
export function getterOf(object: object, key: PropertyKey): (() => unknown) | undefined {
  let holder: unknown = object;
  for (let i = 0; i < MAX_PROTOTYPES && isObject(holder); i++) {
    const found = Object.getOwnPropertyDescriptor(holder, key);
    if (found) return found.get;
    holder = Object.getPrototypeOf(holder);
  }
  return undefined;
}

/** An own property of the object: its value, or a marker for a getter, which is not run. */
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
  return (
    typeof made === 'function' && made.prototype === prototype && Reflect.get(globalThis, textAt(made, 'name')) === made
  );
}

/**
 * The result of the object's `toJSON`; `undefined` where it has none. A `toJSON` that is a proxy or a bound function, which can stand for
 * anything, or an async function is not called.
 */
export function toJson(value: object): { readonly json: unknown } | undefined {
  const method = read(value, 'toJSON');
  if (typeof method !== 'function') return undefined;
  // A proxy and a bound function are native and have no name in their source text.
  if (/^async\b|^function ?\(\) ?\{\s*\[native code\]/.test(Function.prototype.toString.call(method))) return undefined;
  return { json: ignoringRejection(Reflect.apply(method, value, [''])) };
}

/** Returns the value. If it is a promise that rejects, nobody else would handle that: the application did not ask for it. */
export function ignoringRejection(value: unknown): unknown {
  if (value instanceof Promise) Promise.prototype.then.call(value, undefined, () => {});
  return value;
}

/** What a platform object says that it is, such as `Headers`. */
export function tagOf(value: unknown): unknown {
  return read(value, Symbol.toStringTag);
}

/** The name of the object's class. */
export function nameOf(value: unknown): string {
  return textAt(read(value, 'constructor'), 'name') || 'Object';
}

/** A marker that shows the message of an error. */
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
