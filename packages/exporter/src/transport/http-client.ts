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

/** An HTTP client that does not follow redirects, such as an undici dispatcher. */
export interface HttpClient {
  /** Rejects when there is no answer. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes its connections. */
  destroy(): Promise<void>;
}
