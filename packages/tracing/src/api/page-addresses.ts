import { sessionPagePath } from '@powerrag/protocol';
import { pageUrl, tracePageUrl } from '../base/page-url.js';
import { toId } from '../base/recorded-id.js';

/**
 * The address of a session on the replay page; `undefined` where nobody told where the page is (`configureTracing({ pageUrl })`), or for what is
 * no id.
 */
export function sessionUrl(sessionId: string): string | undefined {
  // As it is recorded: a long one is cut.
  const id = toId('sessionId', sessionId);
  return id === undefined ? undefined : pageUrl(sessionPagePath(id));
}

/**
 * The address of a trace on the replay page, which shows it in its session; `undefined` where nobody told where the page is, or for what is no
 * trace id. A trace without a session has no page.
 */
export function traceUrl(traceId: string): string | undefined {
  return typeof traceId === 'string' ? tracePageUrl(traceId) : undefined;
}
