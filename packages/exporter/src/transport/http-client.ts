export interface HttpRequest {
  readonly origin: string;
  /** Including the query. */
  readonly path: string;
  readonly method: 'POST';
  /** Names in lower case. */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** An answer with any status. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Leaving it early closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/**
 * The connection was an idle one of an earlier request, and the other side closed it before it answered: most likely it had done
 * so already when the request was sent (RFC 9110, 9.2.2; RFC 9112, 9.3.1).
 */
export class StaleConnectionError extends Error {
  /** @param cause how the request failed. */
  constructor(cause: unknown) {
    super('a reused connection was closed', { cause });
  }
}

/** What requests are made with. It follows no redirect. */
export interface HttpClient {
  /** Rejects when no answer comes; with a `StaleConnectionError` where the request may be sent again at once. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes its connections. */
  destroy(): Promise<void>;
}
