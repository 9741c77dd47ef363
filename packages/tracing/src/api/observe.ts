import { context, type SpanContext } from '@opentelemetry/api';
import { type ObservationType, SpanAttributeKeys } from '@powerrag/protocol';
import { ignoringRejection, textAt, threw } from '../base/inert.js';
import { openSpan, typed } from '../record/span.js';
import { recordText } from '../record/write.js';
import { type Call, type Following, runActive } from '../settle/call.js';
import { EVERYTHING } from '../settle/follow.js';
import {
  type DecoratorArguments,
  decorate,
  decorateLegacy,
  isDecoratorContext,
  isLegacyDecoration,
  warnCannot,
} from './decorators.js';

/** Any function that can be observed, whatever it takes and returns. */
// biome-ignore lint/suspicious/noExplicitAny: with any other type, a parameter without a type annotation could not be used.
export type ObservableFunction = (...args: any[]) => unknown;

/** What is recorded as output: the settled value, or the value assembled from a stream's pieces. */
type OutputOf<F extends ObservableFunction> =
  Awaited<ReturnType<F>> extends AsyncIterable<unknown> | Iterator<unknown> | { getReader: unknown } | { body: unknown }
    ? unknown
    : Awaited<ReturnType<F>>;

/** How the calls of a function are recorded. */
export interface ObserveOptions<F extends ObservableFunction = ObservableFunction> {
  /** The observation's name. Default the function's name, else `anonymous-function`. */
  name?: string | undefined;
  /** The observation's type. Default `span`. */
  asType?: ObservationType | undefined;
  /**
   * Whether to record the arguments: a single one as it is, more as an array. A function is called with the arguments and returns
   * what to record; if it throws, a marker is recorded. Default true.
   */
  captureInput?: boolean | ((...args: Parameters<F>) => unknown) | undefined;
  /**
   * Whether to record the result: the settled value, or the value assembled from a stream's pieces. A function is called with
   * that and returns what to record; if it throws, a marker is recorded. Default true.
   */
  captureOutput?: boolean | ((output: OutputOf<F>) => unknown) | undefined;
  /** The parent, instead of the active span: for a parent in another process. */
  parentSpanContext?: SpanContext | undefined;
  /** Whether the observation ends when the function has settled. Default true; with false the caller ends it. */
  endOnExit?: boolean | undefined;
}

type FunctionContext = ClassMethodDecoratorContext | ClassGetterDecoratorContext | ClassSetterDecoratorContext;

/**
 * What `observe(options)` gives: wraps a function, or decorates a member of a class, by the TC39 proposal or by TypeScript's
 * `experimentalDecorators`: a method, a field that holds a function, a getter, a setter or an `accessor`.
 */
export interface ObserveDecorator {
  <F extends ObservableFunction>(fn: F, context?: FunctionContext): F;
  <This, F extends ObservableFunction>(
    field: undefined,
    context: ClassFieldDecoratorContext<This, F>,
  ): (initial: F) => F;
  <This, Value>(
    accessor: ClassAccessorDecoratorTarget<This, Value>,
    context: ClassAccessorDecoratorContext<This, Value>,
  ): ClassAccessorDecoratorResult<This, Value>;
  <Member>(
    target: object,
    key: string | symbol,
    descriptor: TypedPropertyDescriptor<Member>,
  ): TypedPropertyDescriptor<Member>;
  (target: object, key: string | symbol): void;
}

/**
 * Returns a function that calls `fn` and records each call as an observation, with the arguments as its input and the result as
 * its output. The observation ends when the result has settled: when a promise is fulfilled or rejected, or when a generator or
 * stream has been read to its end or abandoned. It is active until then, so what the function starts becomes its child.
 *
 * `this`, name, length, properties and type stay those of `fn`; called with `new`, it constructs `fn` and records nothing. An
 * error of `fn` is recorded and rethrown.
 */
export function observe<F extends ObservableFunction>(fn: F, options?: ObserveOptions<F>): F;
export function observe<F extends ObservableFunction>(fn: F, context: FunctionContext): F;
export function observe<Member>(
  target: object,
  key: string | symbol,
  descriptor: TypedPropertyDescriptor<Member>,
): TypedPropertyDescriptor<Member>;
export function observe(options?: ObserveOptions): ObserveDecorator;
export function observe(...given: DecoratorArguments): unknown {
  return observeBy(EVERYTHING, given);
}

/** `observe`, with the results followed in the given way. */
export function observeBy<C extends Call>(following: Following<C>, given: DecoratorArguments): unknown {
  const [target, second] = given;
  if (typeof target === 'function' && !isDecoratorContext(second) && !isLegacyDecoration(given))
    return wrap(target, second, following);
  if (isDecoratorContext(second) || isLegacyDecoration(given)) return decorateWith({}, given, following);
  return (...decorated: DecoratorArguments) => decorateWith(target, decorated, following);
}

function decorateWith<C extends Call>(options: unknown, given: DecoratorArguments, following: Following<C>): unknown {
  const wrapMember = (fn: unknown, name?: string) =>
    wrap(fn, { ...(name !== undefined && { name }), ...(options as ObserveOptions) }, following);
  const [value, context] = given;
  if (isDecoratorContext(context)) return decorate(value, context, wrapMember);
  return isLegacyDecoration(given) ? decorateLegacy(given, wrapMember) : wrap(value, options, following);
}

function wrap<C extends Call>(fn: unknown, given: unknown, following: Following<C>): unknown {
  if (typeof fn !== 'function') {
    warnCannot(`a value of type ${typeof fn}`);
    return fn;
  }
  // A class cannot be called, so there is nothing to record, and its static private members would not work through a proxy.
  if (/^class\b/.test(Function.prototype.toString.call(fn))) {
    warnCannot('a class');
    return fn;
  }
  const options: ObserveOptions = { ...(given as ObserveOptions) };
  const name = options.name ?? nameOf(fn);
  const { captureInput = true, captureOutput = true, parentSpanContext, endOnExit } = options;
  const type = options.asType ?? 'span';
  const output = captureOutput === true || capturing(captureOutput as boolean | Capture);
  const input = capturing(captureInput as boolean | Capture, (...args) => (args.length > 1 ? args : args[0]));
  // A proxy keeps everything but the call: name, length, properties, `new`.
  return new Proxy(fn, {
    apply(target, self, args: unknown[]) {
      const span = openSpan(context.active(), name, type, parentSpanContext);
      if (input && span.isRecording()) recordText(span, SpanAttributeKeys.observationInput, input(...args));
      return runActive(
        typed(span, type),
        () => Reflect.apply(target, self, args),
        { output, endOnExit, args },
        following,
      );
    },
  });
}

/** On a function of an RPC client, reading any property is a remote call, even `name`. */
function nameOf(fn: object): string {
  return textAt(fn, 'name') || 'anonymous-function';
}

type Capture = (...args: unknown[]) => unknown;

/** Selects what to record of a value: nothing, all of it, or what the capture function returns. Its errors are recorded, not thrown. */
function capturing(capture: boolean | Capture, all?: Capture): Capture | undefined {
  if (!capture) return undefined;
  if (capture === true) return all;
  return (...args) => {
    try {
      // An async capture is recorded as a promise. Handle its rejection here, because nobody else does.
      return ignoringRejection(capture(...args));
    } catch (error) {
      return `[capture failed] ${threw(error)}`;
    }
  };
}
