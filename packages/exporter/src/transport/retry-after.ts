/** No server may silence us for longer than this. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * A `Retry-After` header as milliseconds from now, in either of its forms (RFC 9110, 10.2.3): seconds or an HTTP date.
 * Between 0 and five minutes; undefined when there is none or it is neither form.
 *
 * @param wallNowMs the Unix time now, in milliseconds, for the date form.
 */
export function retryAfterMs(header: string | readonly string[] | undefined, wallNowMs: number): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return clamp(Number(text) * 1_000);
  // A date of any of the three HTTP forms begins with the name of a day.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : clamp(at - wallNowMs);
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
