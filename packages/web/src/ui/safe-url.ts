const ALLOWED_SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/**
 * The URL as a link of the page may point to it, or null when it may not: only absolute http, https and mailto.
 * Relative URLs are refused as well: in a trace they never meant this page.
 */
export function safeUrl(url: string): string | null {
  if (!URL.canParse(url)) return null;
  const parsed = new URL(url);
  return ALLOWED_SCHEMES.has(parsed.protocol) ? parsed.href : null;
}
