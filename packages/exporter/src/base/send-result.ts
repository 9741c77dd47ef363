/** The result of one request, independent of HTTP. `statusCode` is only for counting. */
export type SendResult =
  /** The server accepted the request, but rejected `rejectedSpans` of its spans for good. */
  | { readonly status: 'accepted'; readonly rejectedSpans: number; readonly message: string | undefined }
  /** It may work later, but not before `afterMs` if the server asked for that. */
  | {
      readonly status: 'retryable';
      readonly afterMs: number | undefined;
      readonly message: string;
      readonly statusCode?: number;
      /** Origin of the server's URL, if no connection to it could be made. */
      readonly unreachable?: string | undefined;
    }
  /** The server does not accept the keys. */
  | { readonly status: 'unauthorized'; readonly message: string; readonly statusCode?: number }
  /** The request is too large; smaller ones may work. */
  | { readonly status: 'too_large'; readonly message: string; readonly statusCode?: number }
  /** It will never work. */
  | { readonly status: 'refused'; readonly message: string; readonly statusCode?: number };

/** Sends request bodies. Its methods never throw, and `send` never rejects. */
export interface Transport {
  send(body: Buffer, signal: AbortSignal): Promise<SendResult>;
  /** Closes the connections. */
  close(): Promise<void>;
}
