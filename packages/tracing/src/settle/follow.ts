import { context } from '@opentelemetry/api';
import { has, isObject, ownValue, read, tagOf } from '../base/inert.js';
import { warnOnce } from '../base/warn.js';
import type { Following } from './call.js';
import { followClientStream, followMadeStream, isEventStream } from './client-streams.js';
import { intercept, runThrough } from './intercept.js';
import { followIterator } from './iterators.js';
import { followNodeStream } from './node-streams.js';
import { derive, isPromise } from './promises.js';
import { followReading, followResponse } from './responses.js';
import { followStreamSubclass } from './stream-subclass.js';
import { StreamedCall } from './streamed-call.js';
import { endAfter, followReadableStream, IDLE_STREAM_MS, UNREAD_STREAM_MS } from './web-streams.js';

/**
 * Settles the call when the result has settled. Returns what to give the caller: the result itself, except for native promises,
 * web streams and responses, which are replaced by another of the same kind.
 */
export function follow<R>(result: R, call: StreamedCall): R;
export function follow(result: unknown, call: StreamedCall): unknown {
  try {
    if (isObject(result)) return followObject(result, call);
  } catch (error) {
    warnOnce('a result could not be followed to its end', error);
  }
  call.returned(result);
  return result;
}

/** Follows everything that a function may return: promises, lazy queries, generators and streams of any kind. */
export const EVERYTHING: Following<StreamedCall> = { follow, Call: StreamedCall };

function followObject(result: object, call: StreamedCall): unknown {
  const promise = derive(result, call, follow);
  if (promise !== undefined) return promise;
  // A promise keeps the properties that the application has set on it. `await` bypasses `then` of a native promise unless its constructor differs.
  if (isPromise(result)) Object.defineProperty(result, 'constructor', { value: undefined });
  const isIterable = has(result, Symbol.asyncIterator);
  if (has(result, 'then')) {
    if (isIterable) followClientStream(result, call, follow);
    return followThenable(result, call);
  }
  return followWithResponse(result, call) ?? followWeb(result, call) ?? followSource(result, isIterable, call);
}

/**
 * What `withResponse` (OpenAI, Anthropic, Groq) and `withRawResponse` (Cohere) give: an answer or its stream as `data`, beside the response
 * that brought it. Recorded as the answer alone.
 */
function followWithResponse(result: object, call: StreamedCall): object | undefined {
  const data = ownValue(result, 'data');
  const response = isObject(data) && (read(result, 'response') ?? read(result, 'rawResponse'));
  if (!(isObject(response) && isObject(read(response, 'headers', true)))) return undefined;
  const followed = follow(data, call);
  if (followed !== data) Reflect.set(result, 'data', followed);
  return result;
}

/** Checks the tag first: Node loads all of `fetch` when `Response` is read, which takes tens of milliseconds. */
function followWeb(result: object, call: StreamedCall): object | undefined {
  const tag = tagOf(result);
  if (tag === 'Response') return followResponse(result, call);
  return tag === 'ReadableStream'
    ? (followReadableStream(result, call) ?? followStreamSubclass(result, call))
    : undefined;
}

function followSource(result: object, isIterable: boolean, call: StreamedCall): object {
  // A page of a list, as model clients return it, would request the following pages when iterated.
  const value = has(result, 'getPaginatedItems') ? read(result, 'data') : result;
  // A locked stream already has a reader, which we cannot see.
  if (value === result && read(result, 'locked') !== true) {
    if (has(result, 'pipe') && has(result, 'read') && has(result, 'emit')) return followNodeStream(result, call);
    if (followBaseStream(result, call)) return result;
    if (has(result, 'next') && (isIterable || has(result, Symbol.iterator))) return followIterator(result, call);
    if (isIterable || isEventStream(result)) {
      // Not for a thenable, whose result may take any time.
      call.waitForReader(endAfter(UNREAD_STREAM_MS, call));
      return followClientStream(result, call, follow);
    }
  }
  call.returned(value);
  return result;
}

/**
 * The result of the AI SDK's `streamText` and `streamObject`: its streams and promises all take copies of one stream that it holds, so a
 * followed one is put in its place. Its pieces are `{ part }`. Who leaves a copy cancels that copy only, which this stream cannot see; so it
 * ends when nobody has read on for a while.
 */
function followBaseStream(result: object, call: StreamedCall): boolean {
  const base = ownValue(result, 'baseStream');
  const followed = isObject(base) && followReadableStream(base, call, UNREAD_STREAM_MS, IDLE_STREAM_MS);
  return !!followed && Reflect.set(result, 'baseStream', followed);
}

/**
 * The methods by which a thenable gives its result. All but `then` may bypass `then`, as those of database and model clients
 * do. `withResponse`, which the promises of model clients have, calls `parse`.
 */
const WAYS_OUT = ['then', 'catch', 'finally', 'exec', 'execute', 'parse', 'withRawResponse'];

/** The methods of a query that return its rows as a stream, and of a model client's promise that gives the response itself. */
const OTHER_WAYS_OUT = ['stream', 'cursor', 'asResponse'];

/**
 * The methods that a batch or a synchronous driver calls instead: those that run a query (Drizzle for SQLite, Prisma's
 * `$transaction`), and Drizzle's `_prepare`, after which the batch runs the query where we cannot see it.
 */
const BATCH_WAYS_OUT: readonly PropertyKey[] = ['run', 'all', 'get', 'values', 'requestTransaction', '_prepare'];

/**
 * A thenable may be a query that runs each time `then` is called. So only the application calls it, and it keeps its other
 * methods.
 */
function followThenable(thenable: object, call: StreamedCall): object {
  let given: unknown;
  let followed: unknown;
  let isAsked = false;
  return intercept(thenable, [...WAYS_OUT, ...BATCH_WAYS_OUT, ...OTHER_WAYS_OUT], call, (calls, invoke, key, args) => {
    const run = () => invoke(args);
    if (key === 'stream' || key === 'cursor') {
      const stream = context.with(call.context, run);
      return stream === thenable ? stream : followMadeStream(calls, () => stream, follow);
    }
    if (key === 'asResponse') {
      // `withResponse` has asked for the answer before.
      if (isAsked) return run();
      return runThrough(call.context, run, calls, (response, each) => {
        if (isObject(response)) followReading(response, each);
      });
    }
    if (key === 'catch') {
      // With more arguments it handles only some errors (Bluebird), and calls `then` itself.
      return args.length > 1 ? invoke(args) : Reflect.apply(Reflect.get(thenable, 'then'), thenable, [null, args[0]]);
    }
    const outside = context.active();
    const handlers = args.map((arg) => context.bind(outside, arg));
    const [onFulfilled, onRejected] = key === 'then' ? handlers : [];
    const fulfilled = (value: unknown): unknown => {
      // A query that runs again gives another value. The same value is followed once, for every caller.
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
    // A method that one of these calls is not counted again.
    const wasAsked = isAsked;
    isAsked = true;
    return context.with(call.context, () => {
      if (key === 'then') return invoke([fulfilled, rejected]);
      const result = invoke(handlers);
      if (result instanceof Promise || key === 'finally') return (result as Promise<unknown>).then(fulfilled, rejected);
      const isBatch = !wasAsked && BATCH_WAYS_OUT.includes(key);
      // A builder method of the same name returns the query itself or another one.
      if (has(result, 'then')) isAsked = wasAsked;
      else if (isBatch) fulfilled(key === '_prepare' ? undefined : result);
      return result;
    });
  });
}
