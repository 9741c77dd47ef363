import { isObject } from '../base/inert.js';
import { warnOnce } from '../base/warn.js';

/** Observes a function under the given name, else its own; returns anything else unchanged, with a warning. */
export type Wrap = (fn: unknown, name?: string) => unknown;

/** The arguments of a decorator of either kind. */
export type DecoratorArguments = readonly [target: unknown, second?: unknown, third?: unknown];

/** As Babel passes it for a field with a value. */
interface FieldDescriptor extends PropertyDescriptor {
  readonly initializer?: ((this: unknown) => unknown) | null;
}

/** By the TC39 proposal: `(value, context)`. */
export function isDecoratorContext(value: unknown): value is DecoratorContext {
  return isObject(value) && 'kind' in value && 'addInitializer' in value;
}

/**
 * By TypeScript's `experimentalDecorators`: `(target, key, descriptor)`, where the target is the prototype, or the class for a static
 * member. A field has no descriptor; of a parameter, the third is its index. `(fn, index, list)`, as `map` calls, is none of these.
 */
export function isLegacyDecoration([target, key, third]: DecoratorArguments): boolean {
  if (!isObject(target) && typeof target !== 'function') return false;
  if (typeof third === 'number') return true;
  if (typeof key !== 'string' && typeof key !== 'symbol' && typeof key !== 'number') return false;
  if (third === undefined) return isObject(target) || Object.hasOwn(target, key);
  return isObject(third) && Object.hasOwn(third, 'configurable') && Object.hasOwn(third, 'enumerable');
}

/** The replacement of a method, getter, setter, field or accessor; a class is returned unchanged. */
export function decorate(value: unknown, context: DecoratorContext, wrap: Wrap): unknown {
  switch (context.kind) {
    case 'field':
      return (initial: unknown) => wrap(initial, String(context.name));
    case 'accessor':
      return isObject(value) ? observedAccessor(value, wrap) : undefined;
    case 'class':
      warnCannot('a class');
      return undefined;
    default:
      return wrap(value);
  }
}

/**
 * The descriptor of a member that is observed. `undefined` leaves the member as it is. The descriptor that was given is not changed:
 * compilers define the one that is returned.
 */
export function decorateLegacy([target, key, third]: DecoratorArguments, wrap: Wrap): PropertyDescriptor | undefined {
  if (typeof third === 'number' || !(isObject(target) || typeof target === 'function')) {
    warnCannot('a parameter');
    return undefined;
  }
  const name = String(key);
  const member = key as PropertyKey;
  // A static field exists already, and its descriptor is not passed.
  const given = isObject(third) ? third : Object.getOwnPropertyDescriptor(target, member);
  if (!given) return observedField(member, name, wrap);
  const descriptor: FieldDescriptor = given;
  const { initializer, value } = descriptor;
  if (initializer) {
    const initialize = function (this: unknown): unknown {
      return wrap(Reflect.apply(initializer, this, []), name);
    };
    return Object.assign({ ...descriptor }, { initializer: initialize });
  }
  if (descriptor.get || descriptor.set) return { ...descriptor, ...observedAccessor(descriptor, wrap) };
  if (typeof value !== 'function') {
    wrap(value);
    return undefined;
  }
  const observed = wrap(value, name);
  copyMetadata(value, observed);
  return { ...descriptor, value: observed };
}

/** Every read and every write is a call of the getter or setter. */
function observedAccessor({ get, set }: PropertyDescriptor, wrap: Wrap): PropertyDescriptor {
  return {
    ...(get && { get: wrap(get) as () => unknown }),
    ...(set && { set: wrap(set) as (value: unknown) => void }),
  };
}

/**
 * An instance field, which does not exist yet. If it is assigned in the constructor, this setter on the prototype sees the value. If it is
 * defined (`useDefineForClassFields`), it bypasses the prototype and cannot be observed.
 */
function observedField(key: PropertyKey, name: string, wrap: Wrap): PropertyDescriptor {
  return {
    configurable: true,
    enumerable: false,
    get: () => undefined,
    set(this: object, initial: unknown) {
      const value = typeof initial === 'function' ? wrap(initial, name) : initial;
      Object.defineProperty(this, key, { configurable: true, enumerable: true, writable: true, value });
    },
  };
}

/** What `reflect-metadata` adds to `Reflect`. */
interface ReflectMetadata {
  getOwnMetadataKeys?(target: object): unknown[];
  getOwnMetadata?(key: unknown, target: object): unknown;
  defineMetadata?(key: unknown, value: unknown, target: object): void;
}

/** Decorators of frameworks store their metadata (NestJS: the route) on the function itself. */
function copyMetadata(from: object, to: unknown): void {
  const reflect: typeof Reflect & ReflectMetadata = Reflect;
  if (typeof to !== 'function') return;
  for (const key of reflect.getOwnMetadataKeys?.(from) ?? []) {
    reflect.defineMetadata?.(key, reflect.getOwnMetadata?.(key, from), to);
  }
}

export function warnCannot(what: string): void {
  warnOnce(`observe() takes a function or a method; ${what} was left as it is`);
}
