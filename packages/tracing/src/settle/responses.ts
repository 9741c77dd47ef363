import { withOwnOf } from './own-properties.js';
import { followStreamSubclass } from './stream-subclass.js';
import type { StreamedCall } from './streamed-call.js';
import { followReadableStream } from './web-streams.js';

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
  const body = followReadableStream(response.body, call, UNREAD_BODY_MS);
  if (!body) return followStreamSubclass(response.body, call, UNREAD_BODY_MS) && response;
  const followed = new Response(body, response);
  for (const key of ['url', 'redirected', 'type'] as const) {
    Object.defineProperty(followed, key, { configurable: true, value: response[key] });
  }
  return withOwnOf(response, followed);
}
