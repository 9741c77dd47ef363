import { has, isObject } from '../base/inert.js';
import { intercept, runThrough } from './intercept.js';
import { followIterator, runStep, STEPS } from './iterators.js';
import type { StreamedCall } from './streamed-call.js';
import { endAfter, standInFor, UNREAD_STREAM_MS } from './web-streams.js';

/** Methods of a stream that read it inside the platform, where its reader cannot be intercepted. */
const READ_INSIDE: readonly PropertyKey[] = ['pipeThrough', 'pipeTo', 'tee'];
const ITERATE: readonly PropertyKey[] = [Symbol.asyncIterator, 'values'];
const READERS_METHODS = ['read', 'cancel', 'releaseLock'] as const;

/**
 * Follows a subclass of ReadableStream, such as LangChain's. Its methods and private members cannot be copied to another stream, so it stays
 * the same object and is followed where it is read: iterated, by a reader, through a pipe, or as the body of a response if the runtime reads
 * the body with its own reader (Node). Returns `undefined` for anything else, and for a stream that is already locked.
 */
export function followStreamSubclass(
  given: unknown,
  call: StreamedCall,
  unreadMs: number = UNREAD_STREAM_MS,
): ReadableStream | undefined {
  if (typeof ReadableStream !== 'function' || !(given instanceof ReadableStream) || given.locked) return undefined;
  const stream: ReadableStream = given;
  call.waitForReader(endAfter(unreadMs, call));
  // One method of the subclass may call another: `next` uses a reader, the iterator uses `getReader`.
  let isInside = false;
  const ways = ['getReader', 'cancel', ...READ_INSIDE, ...ITERATE, ...STEPS];
  intercept(stream, ways, call, (calls, invoke, key, args) => {
    if (isInside) return invoke(args);
    for (const each of calls) each.readingBegan();
    isInside = true;
    try {
      return readBy(key, stream, calls, () => invoke(args), args);
    } finally {
      isInside = false;
    }
  });
  return stream;
}

function readBy(
  key: PropertyKey,
  stream: ReadableStream,
  calls: Set<StreamedCall>,
  invoke: () => unknown,
  args: unknown[],
): unknown {
  const [call] = calls;
  if (!call) return invoke();
  // Not from the stream itself, which is locked by its substitute.
  if (READ_INSIDE.includes(key)) {
    return Reflect.apply(Reflect.get(ReadableStream.prototype, key), standIn(stream, calls), args);
  }
  if (key === 'getReader') return followReader(stream, invoke(), calls);
  if (ITERATE.includes(key)) return followIteration(call, calls, invoke);
  if (key !== 'cancel') return runStep(call, calls, invoke, key);
  for (const each of calls) each.left('cancelled');
  return invoke();
}

/** A plain ReadableStream that reads the given one for all calls. */
function standIn(stream: ReadableStream, calls: Set<StreamedCall>): ReadableStream {
  let read = stream;
  for (const each of calls) {
    calls.delete(each);
    read = standInFor(read, each);
  }
  return read;
}

function followIteration(call: StreamedCall, calls: Set<StreamedCall>, iterate: () => unknown): unknown {
  return runThrough(call.context, iterate, calls, (iterator, each) => {
    if (!has(iterator, 'next')) return;
    calls.delete(each);
    followIterator(iterator, each);
  });
}

/** Passes what a reader reads to the calls. When it releases the stream, they wait for the next reader. */
function followReader(stream: object, reader: unknown, calls: Set<StreamedCall>): unknown {
  if (!isObject(reader)) return reader;
  for (const call of calls) {
    calls.delete(call);
    intercept(reader, READERS_METHODS, call, (left, invoke, key, args) => {
      if (key === 'read') return runStep(call, left, () => invoke(args), 'next');
      if (key === 'cancel') for (const each of left) each.left('cancelled');
      const result = invoke(args);
      if (key === 'releaseLock') waitAgain(stream, left);
      return result;
    });
  }
  return reader;
}

function waitAgain(stream: object, calls: Set<StreamedCall>): void {
  for (const each of calls) {
    calls.delete(each);
    if (!each.isSettled) intercept(stream, [], each, () => undefined);
  }
}
