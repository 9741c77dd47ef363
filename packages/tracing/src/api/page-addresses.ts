import { sessionPagePath } from '@powerrag/protocol';
import { pageUrl, tracePageUrl } from '../base/page-url.js';
import { toId } from '../base/recorded-id.js';

/**
 * The address of a session on the replay page; `undefined` for an invalid id, or if the page's address is unknown
 * (`configureTracing({ pageUrl })` sets it).
 */
export function sessionUrl(sessionId: string): string | undefined {
  // The id as it is recorded, where a long one is cut.
  const id = toId('sessionId', sessionId);
  return id === undefined ? undefined : pageUrl(sessionPagePath(id));
}

/**
 * The address of a trace on the replay page, which shows it in its session; `undefined` for an invalid trace id, or if the page's address is
 * unknown. A trace without a session has no page.
 */
export function traceUrl(traceId: string): string | undefined {
  return typeof traceId === 'string' ? tracePageUrl(traceId) : undefined;
}
