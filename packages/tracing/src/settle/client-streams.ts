import { has, isObject } from '../base/inert.js';
import { followCompletion } from './completion.js';
import { intercept, runThrough } from './intercept.js';
import { followIterator } from './iterators.js';
import type { StreamedCall } from './streamed-call.js';

/** How agent libraries hand out their pieces as a stream that does not come from the object's own iterator. */
const WAYS_TO_STREAM: readonly PropertyKey[] = ['toStream', 'toTextStream'];

/** How the streams of model clients give the whole answer. */
const WAYS_TO_WHOLE: readonly PropertyKey[] = [
  'finalChatCompletion',
  'finalContent',
  'finalMessage',
  'finalResponse',
  'finalText',
];

/** How those that tell events let a program wait. Without `on`, as on a queue, `done` may be what the writer calls. */
const WAYS_TO_WAIT: readonly PropertyKey[] = ['done', 'emitted', 'totalUsage'];

/** How those tell their events. */
const WAYS_TO_TELL: readonly PropertyKey[] = ['_emit', 'emit'];

/** How a program listens to those that tell their events out of sight. */
const WAYS_TO_LISTEN: readonly PropertyKey[] = ['on', 'once'];

/** Events with a piece of the answer: of OpenAI's chat completions, of Anthropic's messages, of OpenAI's responses. */
const PIECE_EVENTS: readonly unknown[] = ['chunk', 'streamEvent', 'event'];

/** Events with the whole answer, and what `emitted` waits for when it waits for the end. */
const WHOLE_EVENTS: readonly unknown[] = ['finalChatCompletion', 'finalMessage', 'finalResponse', 'finalContent'];

/** Whether it is an object that runs by itself and tells what happens, as OpenAI's tool runners do without being iterable. */
export function isEventStream(object: object): boolean {
  return has(object, 'on') && has(object, '_emit') && has(object, 'done');
}

/**
 * An object that gives out an async iterator, as the streams of model clients do, or other ways to read, to wait or to listen. The first
 * way to be used counts: a listener or somebody who waits only where nobody reads.
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

  /** Where the pieces came, they make up the answer. */
  const toldAnswer = () => (hasPieces ? undefined : whole);

  const told = (calls: ReadonlySet<StreamedCall>, event: unknown, value: unknown): void => {
    if (PIECE_EVENTS.includes(event)) {
      hasPieces = true;
      for (const each of calls) each.chunk(value);
    }
    if (WHOLE_EVENTS.includes(event)) whole ??= value;
    if (event === 'error' || event === 'abort') for (const each of calls) each.failed(value);
    if (event === 'end' && !isWholeWanted) for (const each of calls) each.answered(toldAnswer());
  };

  const waitFor = (calls: Set<StreamedCall>, key: PropertyKey, event: unknown, invoke: () => unknown): unknown => {
    const isWhole = WHOLE_EVENTS.includes(event);
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
        if (!isObject(result) || !has(result, 'next')) return each.answered(result);
        calls.delete(each);
        followIterator(result, each);
      });
    } finally {
      isAsked = wasAsked;
    }
  });
}

/** What a method returned, followed for the calls that nothing else has come to settle while it ran. */
function followMadeStream(
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
