import { context } from '@opentelemetry/api';
import { isObject, read } from '../base/inert.js';
import { warnOnce } from '../base/warn.js';
import type { Call } from './call.js';
import { intercept, runThrough } from './intercept.js';
import { endAfter, followReadableStream, followResponse, ownKeysOf, UNREAD_STREAM_MS } from './web-streams.js';

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
    if (ownKeysOf(result).length === 0) {
      return result.then(
        (value) => follow(value, call),
        (error) => {
          call.failed(error);
          throw error;
        },
      );
    }
    // It keeps what the application has put on it. `await` goes around the `then` of a promise, but for its constructor.
    Object.defineProperty(result, 'constructor', { value: undefined });
  }
  const isIterable = has(result, Symbol.asyncIterator);
  if (has(result, 'then')) {
    if (isIterable) followAsyncIterable(result, call);
    return followThenable(result, call);
  }
  return followWeb(result, call) ?? followSource(result, isIterable, call);
}

/** By its tag first, since Node loads all of `fetch` when `Response` is named: tens of milliseconds. */
function followWeb(result: object, call: Call): object | undefined {
  const tag: unknown = read(result, Symbol.toStringTag);
  if (tag === 'Response') return followResponse(result, call);
  return tag === 'ReadableStream' ? followReadableStream(result, call) : undefined;
}

function followSource(result: object, isIterable: boolean, call: Call): object {
  // A page of a list, as model clients give it, would ask for the pages after it when iterated.
  const value = has(result, 'getPaginatedItems') ? read(result, 'data') : result;
  // A locked stream somebody reads already, unseen by us.
  if (value === result && read(result, 'locked') !== true) {
    if (has(result, 'pipe') && has(result, 'read') && has(result, 'emit')) return followNodeStream(result, call);
    if (has(result, 'next') && (isIterable || has(result, Symbol.iterator))) return followIterator(result, call);
    if (isIterable) {
      // Not for a thenable, whose result may take any time.
      call.waitForReader(endAfter(UNREAD_STREAM_MS, call));
      return followAsyncIterable(result, call);
    }
  }
  call.returned(value);
  return result;
}

/** Only what is really there: a proxy that answers to any name, such as an RPC client or a mock, is not followed. */
function has(object: object, key: PropertyKey): boolean {
  return typeof read(object, key) === 'function';
}

/**
 * The methods by which a thenable hands out its result. All but `then` may go around it, as those of database and model clients
 * do. `withResponse`, which the promises of model clients have, goes through `parse`.
 */
const WAYS_OUT = ['then', 'catch', 'finally', 'exec', 'execute', 'parse'];

/**
 * The methods that a batch, or a driver that can do without promises, calls instead: those that run a query (Drizzle for SQLite,
 * Prisma's `$transaction`), and Drizzle's `_prepare`, after which the batch runs it unseen.
 */
const BATCH_WAYS_OUT = ['run', 'all', 'get', 'values', 'requestTransaction', '_prepare'];

/**
 * A thenable may be a query that runs when `then` is called, once for each call. So nobody calls it but the application, and it
 * keeps its other methods.
 */
function followThenable(thenable: object, call: Call): object {
  let given: unknown;
  let followed: unknown;
  let isAsked = false;
  return intercept(thenable, [...WAYS_OUT, ...BATCH_WAYS_OUT], call, (calls, invoke, key, args) => {
    if (key === 'catch') {
      // With more arguments it is one for some errors only, and calls `then` itself.
      return args.length > 1 ? invoke(args) : Reflect.apply(Reflect.get(thenable, 'then'), thenable, [null, args[0]]);
    }
    const outside = context.active();
    const handlers = args.map((arg) => context.bind(outside, arg));
    const [onFulfilled, onRejected] = key === 'then' ? handlers : [];
    const fulfilled = (value: unknown): unknown => {
      // A query that runs again gives another value. One value is followed once, for all who ask.
      if (value !== given && value !== followed) given = followed = value;
      for (const each of calls) {
        calls.delete(each);
        followed = follow(followed, each);
      }
      return typeof onFulfilled === 'function' ? onFulfilled(followed) : followed;
    };
    const rejected = (error: unknown): unknown => {
      for (const each of calls) each.failed(error);
      if (typeof onRejected === 'function') return onRejected(error);
      throw error;
    };
    // What a way out calls on its way is not another one.
    const wasAsked = isAsked;
    isAsked = true;
    return context.with(call.context, () => {
      if (key === 'then') return invoke([fulfilled, rejected]);
      const result = invoke(handlers);
      if (result instanceof Promise || key === 'finally') return (result as Promise<unknown>).then(fulfilled, rejected);
      const isBatch = !wasAsked && typeof key === 'string' && BATCH_WAYS_OUT.includes(key);
      // A builder, which others of these names may be, returns itself or another query.
      if (isObject(result) && has(result, 'then')) isAsked = wasAsked;
      else if (isBatch) fulfilled(key === '_prepare' ? undefined : result);
      return result;
    });
  });
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

/** How agent libraries hand out their pieces as a stream that does not come from the object's own iterator. */
const WAYS_TO_STREAM = ['toStream', 'toTextStream'];

/** How the streams of model clients hand out their pieces, also when split in two, and the whole answer. */
const WAYS_TO_READ = [
  Symbol.asyncIterator,
  'iterator',
  'finalChatCompletion',
  'finalContent',
  'finalMessage',
  'finalResponse',
  'finalText',
];

/** An object that gives out an async iterator, as the streams of model clients do. The first to be read counts. */
function followAsyncIterable(iterable: object, call: Call): object {
  let isAsked = false;
  // Who listens to events waits for `done`. Without `on`, as on a queue, it may be what the writer calls.
  const ways = [...WAYS_TO_READ, ...WAYS_TO_STREAM, ...(has(iterable, 'on') ? ['done'] : [])];
  return intercept(iterable, ways, call, (calls, invoke, key, args) => {
    // `finalMessage` and its like wait for `done` before they have the answer.
    if (isAsked && key === 'done') return invoke(args);
    for (const each of calls) each.readingBegan();
    const wasAsked = isAsked;
    isAsked = true;
    try {
      if (typeof key === 'string' && WAYS_TO_STREAM.includes(key)) return followMadeStream(calls, () => invoke(args));
      return runThrough(
        call.context,
        () => invoke(args),
        calls,
        (result, each) => {
          if (!isObject(result) || !has(result, 'next')) return each.returned(result);
          calls.delete(each);
          followIterator(result, each);
        },
      );
    } finally {
      isAsked = wasAsked;
    }
  });
}

/** What a method returned, followed for the calls that nothing else has come to settle while it ran. */
function followMadeStream(calls: Set<Call>, make: () => unknown): unknown {
  let stream = make();
  for (const each of calls) {
    calls.delete(each);
    stream = follow(stream, each);
  }
  return stream;
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
