/** What a person thinks of an answer, as a page tells it to the application. */
export interface Feedback {
  /** What was judged, in a word. Default `helpful`. */
  readonly name?: string | undefined;
  /** True for a thumb up, false for a thumb down; or a number, such as stars, or one of some words. */
  readonly value: boolean | number | string;
  /** Why, in the person's words. */
  readonly comment?: string | undefined;
  /** The trace of the answer: 32 hex digits. The application sends it along with the answer. */
  readonly traceId?: string | undefined;
  /** The observation of that trace which is judged: 16 hex digits. */
  readonly observationId?: string | undefined;
  /** The session that is judged, where it is not a single answer. */
  readonly sessionId?: string | undefined;
  /**
   * Feedback of the same id replaces the one before. Default: one for each name, trace and observation, so that a person can change a thumb;
   * without a trace, a new one each time.
   */
  readonly id?: string | undefined;
}

export interface FeedbackOptions {
  /** More headers of the request, such as a token against cross-site requests. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** In UTF-16 code units. A browser sends at most 64 KiB for a page that is left. */
const MAX_KEPT_ALIVE = 16_000;

/**
 * Posts feedback as JSON from a page to a route of the application, which gives it to `score` on its server. It goes out even if the person
 * leaves the page at once. No key of the PowerRAG server is involved: one that a page has, everybody has.
 *
 * Resolves with whether the route took it (status 2xx, no redirect); never rejects.
 * @param route an address of the page's own origin, such as `/api/feedback`. Cookies go along
 */
export async function sendFeedback(
  route: string | URL,
  feedback: Feedback,
  options?: FeedbackOptions,
): Promise<boolean> {
  try {
    const { name = 'helpful', value, comment, traceId, observationId, sessionId } = feedback;
    const id = feedback.id ?? (traceId && [name, traceId, observationId].filter(Boolean).join('-'));
    const body = JSON.stringify({ id, name, value, comment, traceId, observationId, sessionId });
    const { ok } = await fetch(route, {
      method: 'POST',
      // JSON, which a page of another origin cannot post without asking first.
      headers: { ...options?.headers, 'content-type': 'application/json' },
      body,
      // One to a page for signing in would look like success.
      redirect: 'error',
      keepalive: body.length <= MAX_KEPT_ALIVE,
    });
    return ok;
  } catch {
    return false;
  }
}
