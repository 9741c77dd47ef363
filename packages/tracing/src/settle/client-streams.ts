import { has } from '../base/inert.js';
import { followCompletion } from './completion.js';
import { intercept, runThrough } from './intercept.js';
import { followIterator } from './iterators.js';
import type { StreamedCall } from './streamed-call.js';

/** Methods of agent libraries that return the pieces as a stream, without using the object's own iterator. */
const WAYS_TO_STREAM: readonly PropertyKey[] = ['toStream', 'toTextStream'];

/** Methods of model clients' streams that return the whole answer, and events that have it, as far as there are any. */
const WAYS_TO_WHOLE: readonly PropertyKey[] = [
  'finalChatCompletion',
  'finalContent',
  'finalMessage',
  'finalResponse',
  'finalText',
];

const isWholeEvent = (event: unknown): boolean => (WAYS_TO_WHOLE as readonly unknown[]).includes(event);

/** Methods of event emitters that wait. Without `on`, as on a queue, `done` may be a method for the writer. */
const WAYS_TO_WAIT: readonly PropertyKey[] = ['done', 'emitted', 'totalUsage'];

/** Methods by which they emit events. */
const WAYS_TO_TELL: readonly PropertyKey[] = ['_emit', 'emit'];

/** Methods by which a program listens to those whose `emit` cannot be replaced. */
const WAYS_TO_LISTEN: readonly PropertyKey[] = ['on', 'once'];

/** Events with a piece of the answer: of OpenAI's chat completions, of Anthropic's messages, of OpenAI's responses. */
const PIECE_EVENTS: readonly unknown[] = ['chunk', 'streamEvent', 'event'];

/** Whether it is an object that runs by itself and emits events, as OpenAI's tool runners do without being iterable. */
export function isEventStream(object: object): boolean {
  return ['on', '_emit', 'done'].every((method) => has(object, method));
}

/**
 * Follows an object with an async iterator, as the streams of model clients have, or with other methods to read, wait or listen. The
 * first method that is used counts; waiting and listening count only while nobody reads.
 */
export function followClientStream(
  stream: object,
  call: StreamedCall,
  follow: (result: unknown, call: StreamedCall) => unknown,
): object {
  let isAsked = false;
  let isWholeWanted = false;
  let whole: unknown;
  let hasPieces = false;
  let isListening = false;
  const listens = WAYS_TO_TELL.some((way) => has(stream, way)) ? WAYS_TO_TELL : WAYS_TO_LISTEN;
  const waits = has(stream, 'on') ? [...WAYS_TO_WAIT, ...listens] : [];
  const ways = [Symbol.asyncIterator, 'iterator', ...WAYS_TO_WHOLE, ...WAYS_TO_STREAM, ...waits];

  /** If pieces arrived, the answer is assembled from them. */
  const toldAnswer = () => (hasPieces ? undefined : whole);

  const told = (calls: ReadonlySet<StreamedCall>, event: unknown, value: unknown): void => {
    const isPiece = PIECE_EVENTS.includes(event);
    hasPieces ||= isPiece;
    if (isWholeEvent(event)) whole ??= value;
    for (const each of calls) {
      if (isPiece) each.chunk(value);
      else if (event === 'error' || event === 'abort') each.failed(value);
      else if (event === 'end' && !isWholeWanted) each.answered(toldAnswer());
    }
  };

  const waitFor = (calls: Set<StreamedCall>, key: PropertyKey, event: unknown, invoke: () => unknown): unknown => {
    const isWhole = isWholeEvent(event);
    if (isWholeWanted || (key === 'emitted' && event !== 'end' && !isWhole)) return invoke();
    isWholeWanted = isWhole;
    return runThrough(call.context, invoke, calls, (value, each) => each.answered(isWhole ? value : toldAnswer()));
  };

  followCompletion(stream);
  return intercept(stream, ways, call, (calls, invoke, key, args) => {
    const run = () => invoke(args);
    if (WAYS_TO_TELL.includes(key)) {
      told(calls, args[0], args[1]);
      return run();
    }
    // `finalMessage` and its like wait for `done` before they have the answer.
    if (isAsked && WAYS_TO_WAIT.includes(key)) return run();
    for (const each of calls) each.readingBegan();
    if (WAYS_TO_LISTEN.includes(key)) {
      if (!isListening) invoke(['end', () => told(calls, 'end', undefined)]);
      isListening = true;
      return run();
    }
    const wasAsked = isAsked;
    isAsked = true;
    try {
      if (WAYS_TO_STREAM.includes(key)) return followMadeStream(calls, run, follow);
      if (WAYS_TO_WAIT.includes(key)) return waitFor(calls, key, args[0], run);
      isWholeWanted ||= WAYS_TO_WHOLE.includes(key);
      return runThrough(call.context, run, calls, (result, each) => {
        if (!has(result, 'next')) return each.answered(result);
        calls.delete(each);
        followIterator(result, each);
      });
    } finally {
      isAsked = wasAsked;
    }
  });
}

/** Follows what a method returned, for the calls that nothing else began to settle while it ran. */
export function followMadeStream(
  calls: Set<StreamedCall>,
  make: () => unknown,
  follow: (result: unknown, call: StreamedCall) => unknown,
): unknown {
  let stream = make();
  for (const each of calls) {
    calls.delete(each);
    stream = follow(stream, each);
  }
  return stream;
}
