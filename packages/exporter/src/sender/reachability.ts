import type { SendResult } from '../base/send-result.js';

/** A server to which no connection could be made. */
export interface Unreachable {
  /** Origin of its URL. */
  readonly server: string;
  /** Why the last connection attempt failed, and how to fix it. */
  readonly message: string;
}

/** Whether the server can be reached, as far as the requests of this process tell. */
export class Reachability {
  #hasAnswered = false;
  #unreachable: Unreachable | undefined;

  /**
   * Set when the last attempt could not connect and the server has never answered a request of this process, whatever the
   * answer. A server that has answered once may come back, for example after a restart.
   */
  get unreachable(): Unreachable | undefined {
    return this.#unreachable;
  }

  requestEnded(result: SendResult): void {
    if (result.status === 'accepted' || result.statusCode !== undefined) this.#hasAnswered = true;
    const isUnreachable = result.status === 'retryable' && result.unreachable !== undefined && !this.#hasAnswered;
    this.#unreachable = isUnreachable ? { server: result.unreachable, message: result.message } : undefined;
  }
}
