import { withOwnOf } from './own-properties.js';
import { followStreamSubclass } from './stream-subclass.js';
import type { StreamedCall } from './streamed-call.js';
import { followReadableStream } from './web-streams.js';

/** How long the body of a response, which is often looked at for its status only, may stay unread. */
const UNREAD_BODY_MS = 5_000;

/**
 * A response with the body followed; the given one where its body is a stream of a subclass, which stays itself. A response of a subclass
 * keeps what it has beyond a response, so it is not followed.
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
