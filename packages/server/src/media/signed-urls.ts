import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How long an address may be used, in milliseconds. */
const LIFETIME_MS = 3_600_000;

/** Addresses that need no keys for an hour, as Langfuse's SDKs expect those that they upload to and download from. */
export class SignedUrls {
  readonly #secret: Uint8Array;
  readonly #now: () => number;

  /** @param secret of the signatures: with the process the addresses end. */
  constructor(now: () => number = Date.now, secret: Uint8Array = randomBytes(32)) {
    this.#now = now;
    this.#secret = secret;
  }

  /** The query of an address at which `what` may be done, and when that ends, Unix milliseconds. */
  sign(what: readonly string[]): { readonly query: string; readonly expiresMs: number } {
    const expiresMs = this.#now() + LIFETIME_MS;
    return { query: `expires=${expiresMs}&signature=${this.#signature(what, String(expiresMs))}`, expiresMs };
  }

  isValid(what: readonly string[], expires: string | undefined, signature: string | undefined): boolean {
    if (expires === undefined || signature === undefined || !(Number(expires) > this.#now())) return false;
    const [given, expected] = [Buffer.from(signature), Buffer.from(this.#signature(what, expires))];
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  #signature(what: readonly string[], expires: string): string {
    return createHmac('sha256', this.#secret)
      .update(JSON.stringify([...what, expires]))
      .digest('base64url');
  }
}
