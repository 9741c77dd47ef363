import { read } from '../base/inert.js';
import { intercept, runThrough } from './intercept.js';
import { withOwnOf } from './own-properties.js';
import { followStreamSubclass } from './stream-subclass.js';
import type { StreamedCall } from './streamed-call.js';
import { endAfter, followReadableStream } from './web-streams.js';

/** How long the body of a response may stay unread. Short, because often only the status is read. */
const UNREAD_BODY_MS = 5_000;

/**
 * A response whose body is followed; the given response if its body is a subclass of ReadableStream, which stays the same object. A subclass
 * of Response is not followed, because its own members could not be copied.
 */
export function followResponse(given: object, call: StreamedCall): Response | undefined {
  if (typeof Response !== 'function' || given.constructor !== Response) return undefined;
  const response = given as Response;
  if (!response.body || response.bodyUsed) return undefined;
  call.isResponse = true;
  const body = followReadableStream(response.body, call, UNREAD_BODY_MS);
  if (!body) return followStreamSubclass(response.body, call, UNREAD_BODY_MS) && response;
  const followed = new Response(body, response);
  for (const key of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(followed, key, { configurable: true, value: response[key] });
  }
  return withOwnOf(response, followed);
}

/** Methods of a response that read all of its body. */
const WAYS_TO_READ = ['arrayBuffer', 'blob', 'bytes', 'json', 'text'];

/**
 * Follows a response that stays the same object, because its client may still read it. Settles with what a method gives for the body, or with
 * what is read of its stream; where nobody reads, after a while.
 */
export function followReading(response: object, call: StreamedCall): void {
  call.isResponse = true;
  call.waitForReader(endAfter(UNREAD_BODY_MS, call));
  intercept(response, WAYS_TO_READ, call, (calls, invoke, _key, args) => {
    for (const each of calls) each.readingBegan();
    return runThrough(
      call.context,
      () => invoke(args),
      calls,
      (body, each) => each.answered(body),
    );
  });
  // Last, since a program may keep only the stream.
  followStreamSubclass(read(response, 'body'), call, UNREAD_BODY_MS);
}
