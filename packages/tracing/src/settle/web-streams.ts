import { context } from '@opentelemetry/api';
import { type Call, whenAbandoned } from './call.js';

/**
 * A stream that reads the given one as it is read itself, never ahead. Readers inside the platform see past methods of an object, so
 * nothing less than another stream would do. `undefined` for what is no ReadableStream, or one that somebody reads already.
 */
export function followReadableStream(given: object, call: Call): ReadableStream | undefined {
  if (typeof ReadableStream !== 'function' || given.constructor !== ReadableStream) return undefined;
  const stream = given as ReadableStream;
  if (stream.locked) return undefined;
  const ofBytes = isByteStream(stream);
  const reader = stream.getReader();
  const source = {
    async pull(controller: ReadableStreamDefaultController | ReadableByteStreamController) {
      try {
        const step = await context.with(call.context, () => reader.read());
        if (step.done) {
          call.returned();
          controller.close();
          if ('byobRequest' in controller) controller.byobRequest?.respond(0);
          return;
        }
        call.chunk(step.value);
        // A byte stream takes the buffer away from whoever enqueues it, and this one may be part of a pool.
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
  // What the stream reads from, not the stream: a browser may let go of the stream's object while it still reads the stream itself.
  whenAbandoned(underlying, call);
  return 'type' in underlying ? new ReadableStream(underlying) : new ReadableStream(underlying, { highWaterMark: 0 });
}

function isByteStream(stream: ReadableStream): boolean {
  try {
    stream.getReader({ mode: 'byob' }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

/** A response with the body followed. One of a subclass keeps what it has beyond a response, so it is not followed. */
export function followResponse(given: object, call: Call): Response | undefined {
  if (typeof Response !== 'function' || given.constructor !== Response) return undefined;
  const response = given as Response;
  const body = response.body && !response.bodyUsed && followReadableStream(response.body, call);
  if (!body) return undefined;
  const followed = new Response(body, response);
  for (const key of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(followed, key, { configurable: true, value: response[key] });
  }
  return followed;
}
