export interface HttpRequest {
  readonly origin: string;
  /** With the query. */
  readonly path: string;
  readonly method: 'POST';
  /** Their names in small letters. */
  readonly headers: Record<string, string>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** Whatever its status is. */
export interface HttpAnswer {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Leaving it before its end closes the connection. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** What requests are made with. It follows no redirect. An undici dispatcher is one. */
export interface HttpClient {
  /** Rejects when no answer comes. */
  request(request: HttpRequest): Promise<HttpAnswer>;
  /** Closes its connections. */
  destroy(): Promise<void>;
}
