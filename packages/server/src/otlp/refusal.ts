/** 500 is a fault of the server's own, that sending again does not fix. */
export type RefusalStatus = 400 | 413 | 415 | 500 | 503;

/** A request is refused as a whole. The message is for the person who runs the client. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly status: RefusalStatus;
  /** Seconds after which the client may come back; null where it is not known. */
  readonly retryAfterS: number | null;

  constructor(status: RefusalStatus, message: string, retryAfterS: number | null = null) {
    super(message);
    this.status = status;
    this.retryAfterS = retryAfterS;
  }
}
