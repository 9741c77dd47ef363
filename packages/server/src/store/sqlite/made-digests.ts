import type { TraceDigest } from '../digests.js';

/** Digests that are written at once, and characters of their texts: a transaction of them takes about as long as a slice. */
const MOST = 128;
const MOST_CHARACTERS = 1_048_576;

/** A digest that is not written yet. */
interface MadeDigest<Row> {
  /** As it was when the digest was made; undefined when the trace was gone. */
  readonly row: Row | undefined;
  readonly digest: TraceDigest;
}

/**
 * Digests that wait until there are enough of them for a transaction, by the key of their trace: what follows from a commit in the
 * full-text index costs much the same for one trace and for a hundred. Whoever changes or deletes a trace takes its digest out.
 */
export class MadeDigests<Row> {
  readonly #made = new Map<number, MadeDigest<Row>>();
  /** Since it was empty, of those that were taken out too. */
  #characters = 0;

  get size(): number {
    return this.#made.size;
  }

  get isFull(): boolean {
    return this.#made.size >= MOST || this.#characters >= MOST_CHARACTERS;
  }

  has(key: number): boolean {
    return this.#made.has(key);
  }

  add(key: number, made: MadeDigest<Row>): void {
    this.#made.set(key, made);
    for (const { text } of made.digest.entries) this.#characters += text.length;
  }

  delete(key: number): void {
    this.#made.delete(key);
  }

  all(): [key: number, made: MadeDigest<Row>][] {
    return [...this.#made];
  }

  clear(): void {
    this.#made.clear();
    this.#characters = 0;
  }
}
