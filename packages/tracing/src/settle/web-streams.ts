import { context } from '@opentelemetry/api';
import { withOwnOf } from './own-properties.js';
import { type StreamedCall, whenAbandoned } from './streamed-call.js';

/** How long a stream may stay unread before its observation ends without it. */
export const UNREAD_STREAM_MS = 60_000;
/** How long a stream whose copies are read may stay without a further read. Long, since a reader may do much between two pieces. */
export const IDLE_STREAM_MS = 300_000;

/**
 * A stream that reads the given one as it is read itself, never ahead. Readers inside the platform ignore replaced methods, so a
 * second stream is needed. `undefined` for anything but a ReadableStream, and for one that is already locked.
 */
export function followReadableStream(
  given: object,
  call: StreamedCall,
  unreadMs: number = UNREAD_STREAM_MS,
  idleMs?: number,
): ReadableStream | undefined {
  if (typeof ReadableStream !== 'function' || given.constructor !== ReadableStream) return undefined;
  const stream = given as ReadableStream;
  const followed = stream.locked ? undefined : standInFor(stream, call, unreadMs, idleMs);
  return followed && withOwnOf(stream, followed);
}

/**
 * A new stream that reads the given unlocked one as it is read itself.
 * @param idleMs after how long without a further read the observation ends; default never
 */
export function standInFor(
  stream: ReadableStream,
  call: StreamedCall,
  unreadMs: number = UNREAD_STREAM_MS,
  idleMs?: number,
): ReadableStream {
  const ofBytes = isByteStream(stream);
  const reader = stream.getReader();
  call.waitForReader(endAfter(unreadMs, call));
  const source = {
    async pull(controller: ReadableStreamDefaultController | ReadableByteStreamController) {
      call.readingBegan();
      try {
        const step = await context.with(call.context, () => reader.read());
        if (step.done) {
          call.returned();
          controller.close();
          if ('byobRequest' in controller) controller.byobRequest?.respond(0);
          return;
        }
        call.chunk(step.value);
        if (idleMs && !call.isSettled) call.waitForReader(endAfter(idleMs, call));
        // Enqueueing into a byte stream transfers the buffer, and this one may belong to a pool.
        controller.enqueue(ofBytes ? new Uint8Array(step.value) : step.value);
      } catch (error) {
        call.failed(error);
        throw error;
      }
    },
    cancel(reason: unknown) {
      call.left('cancelled');
      return reader.cancel(reason);
    },
  };
  const underlying = ofBytes ? { type: 'bytes' as const, ...source } : source;
  // The underlying source, not the stream: a browser may release the stream's object while it still reads the stream.
  whenAbandoned(underlying, call);
  return 'type' in underlying ? new ReadableStream(underlying) : new ReadableStream(underlying, { highWaterMark: 0 });
}

/** Ends the call after a delay, unless it is stopped. Does not keep the process running. */
export function endAfter(ms: number, call: StreamedCall): () => void {
  if (typeof setTimeout !== 'function') return () => {};
  const timer: ReturnType<typeof setTimeout> & { unref?(): unknown } = setTimeout(() => call.left('abandoned'), ms);
  // Node has timers that keep the process running, other runtimes have numbers.
  timer.unref?.();
  return () => clearTimeout(timer);
}

function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}
