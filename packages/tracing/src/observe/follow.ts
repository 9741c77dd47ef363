import { context } from '@opentelemetry/api';
import { isObject } from '../snapshot.js';
import { warnOnce } from '../warn.js';
import type { Call } from './call.js';
import { intercept, runThrough } from './intercept.js';
import { followReadableStream, followResponse } from './web-streams.js';

/**
 * Settles the call when the result has settled, and returns what the caller is to get for it: the result itself, except for
 * promises of the language, web streams and responses, where it is another of the same kind.
 */
export function follow<R>(result: R, call: Call): R;
export function follow(result: unknown, call: Call): unknown {
  try {
    if (isObject(result)) return followObject(result, call);
  } catch (error) {
    warnOnce('a result could not be followed to its end', error);
  }
  call.returned(result);
  return result;
}

function followObject(result: object, call: Call): unknown {
  if (result instanceof Promise && result.constructor === Promise) {
    // The derived promise is what the caller gets: hanging handlers on the given one would make it count as handled, and an
    // unhandled rejection of the application would go unseen.
    return result.then(
      (value) => follow(value, call),
      (error) => {
        call.failed(error);
        throw error;
      },
    );
  }
  if (has(result, 'then')) return followThenable(result, call);
  // Every class of the web has a tag. First, since Node loads all of `fetch` when `Response` is named: tens of milliseconds.
  const isTagged = Symbol.toStringTag in result;
  const stream = isTagged && (followResponse(result, call) ?? followReadableStream(result, call));
  if (stream) return stream;
  if ('locked' in result && result.locked === true) {
    // Somebody reads it already, unseen by us.
    call.returned(result);
    return result;
  }
  if (has(result, 'pipe') && has(result, 'read') && has(result, 'emit')) return followNodeStream(result, call);
  if (has(result, 'next') && (has(result, Symbol.asyncIterator) || has(result, Symbol.iterator))) {
    return followIterator(result, call);
  }
  if (has(result, Symbol.asyncIterator)) return followAsyncIterable(result, call);
  call.returned(result);
  return result;
}

/** `in` first: an object that answers to any name, as a mock does, is none of those that are looked for. */
function has(object: object, key: PropertyKey): boolean {
  return key in object && typeof Reflect.get(object, key) === 'function';
}

/**
 * A thenable may be a query that runs when `then` is called, once for each call. So nobody calls it but the application, and it
 * keeps its other methods.
 */
function followThenable(thenable: object, call: Call): object {
  let followed: { readonly value: unknown } | undefined;
  return intercept(thenable, methodsOf(thenable), call, (calls, invoke, key, args) => {
    if (key === 'catch' || key === 'finally') {
      return args.length === 1 ? new Promise((resolve) => resolve(thenable))[key](args[0] as () => void) : invoke(args);
    }
    const [onFulfilled, onRejected] = args;
    const fulfilled = (value: unknown): unknown => {
      followed ??= { value: [...calls].reduce((v, each) => follow(v, each), value) };
      return typeof onFulfilled === 'function' ? onFulfilled(followed.value) : followed.value;
    };
    const rejected = (error: unknown): unknown => {
      for (const each of calls) each.failed(error);
      if (typeof onRejected === 'function') return onRejected(error);
      throw error;
    };
    return context.with(call.context, () => {
      if (key === 'then') return invoke([fulfilled, rejected]);
      const parsed = invoke(args);
      return parsed instanceof Promise ? parsed.then(fulfilled, rejected) : parsed;
    });
  });
}

/**
 * The methods by which a thenable hands out its result. A `catch` or `finally` of its own may go around `then`, as those of
 * database and model clients do. `withResponse`, which the promises of model clients have, goes through `parse`.
 */
function methodsOf(thenable: object): PropertyKey[] {
  const own = (['catch', 'finally'] as const).filter((key) => Reflect.get(thenable, key) !== Promise.prototype[key]);
  return ['then', ...own, ...(has(thenable, 'withResponse') ? ['parse'] : [])];
}

/** A generator, or another iterator, of either kind. Its body runs where the observation is active. */
function followIterator(iterator: object, call: Call): object {
  return intercept(iterator, ['next', 'return', 'throw'], call, (calls, invoke, key, args) =>
    runThrough(
      call.context,
      () => invoke(args),
      calls,
      (step, each) => {
        if (isObject(step)) takeStep(each, step, key);
      },
    ),
  );
}

function takeStep(call: Call, { done, value }: { done?: unknown; value?: unknown }, method: PropertyKey): void {
  if (!done) call.chunk(value);
  else if (method === 'next') call.returned(value);
  else call.left(method === 'return' ? 'returned' : 'thrown');
}

/** How the streams of model clients hand out the whole answer, for those who do not read the pieces. */
const WHOLE = ['finalChatCompletion', 'finalMessage', 'finalResponse'];

/** An object that gives out an async iterator, as the streams of model clients do. The first to be read counts. */
function followAsyncIterable(iterable: object, call: Call): object {
  let isRead = false;
  return intercept(iterable, [Symbol.asyncIterator, ...WHOLE], call, (calls, invoke, key, args) => {
    if (key === Symbol.asyncIterator) isRead = true;
    return runThrough(
      call.context,
      () => invoke(args),
      calls,
      (result, each) => {
        if (!isRead) each.returned(result);
        else if (key === Symbol.asyncIterator && isObject(result)) followIterator(result, each);
      },
    );
  });
}

/** A Node stream tells its events through `emit`, however it is read; listening itself would set it flowing. */
function followNodeStream(stream: object, call: Call): object {
  if (Reflect.get(stream, 'readableEnded') === true) {
    call.returned();
    return stream;
  }
  intercept(stream, ['_read'], call, (_calls, invoke, _key, args) => context.with(call.context, () => invoke(args)));
  return intercept(stream, ['emit'], call, (calls, invoke, _key, args) => {
    const [event, value] = args;
    for (const each of calls) {
      if (event === 'data') each.chunk(value);
      else if (event === 'end') each.returned();
      // Node tells with an AbortError that a reader has left.
      else if (event === 'close' || (value instanceof Error && value.name === 'AbortError')) each.left('cancelled');
      else if (event === 'error') each.failed(value);
    }
    return invoke(args);
  });
}
