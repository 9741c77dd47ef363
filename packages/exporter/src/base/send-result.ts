/** What became of one request, in words that know nothing of HTTP. `statusCode`, of an answer that was no, is there to be counted. */
export type SendResult =
  /** The server has it. `rejectedSpans` of them it did not want, and will not want again. */
  | { readonly status: 'accepted'; readonly rejectedSpans: number; readonly message: string | undefined }
  /** It may work later; not before `afterMs`, where the server said so. */
  | {
      readonly status: 'retryable';
      readonly afterMs: number | undefined;
      readonly message: string;
      readonly statusCode?: number;
    }
  /** The server does not know us. Nothing will get through until somebody changes the keys. */
  | { readonly status: 'unauthorized'; readonly message: string; readonly statusCode?: number }
  /** The request is too large; in smaller parts it may work. */
  | { readonly status: 'too_large'; readonly message: string; readonly statusCode?: number }
  /** It will never work. */
  | { readonly status: 'refused'; readonly message: string; readonly statusCode?: number };

/** Moves one request body. Never rejects, never throws. */
export interface Transport {
  send(body: Buffer, signal: AbortSignal): Promise<SendResult>;
  /** Closes its connections. */
  close(): Promise<void>;
}
