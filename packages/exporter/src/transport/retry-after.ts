/** Longest pause that a server can ask for. */
const MAX_RETRY_AFTER_MS = 5 * 60_000;

/**
 * A `Retry-After` header (RFC 9110, 10.2.3: seconds or an HTTP date) as milliseconds from now, between 0 and five minutes.
 * Undefined if the header is missing or has neither form.
 *
 * @param wallNowMs the Unix time now, in milliseconds, for the date form.
 */
export function retryAfterMs(header: string | readonly string[] | undefined, wallNowMs: number): number | undefined {
  const text = (typeof header === 'string' ? header : header?.[0])?.trim();
  if (text === undefined || text === '') return undefined;
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return clamp(Number(text) * 1_000);
  // All three HTTP date formats begin with the name of a day.
  if (!/^[A-Za-z]{3,9},? /.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : clamp(at - wallNowMs);
}

function clamp(ms: number): number {
  return Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
