/** Bytes of a part: large enough that messages between threads cost little, small enough that many wait in little memory. */
const PART_BYTES = 256 * 1024;

/** The body of an answer in parts of about one size, made as they are asked for. */
export class AnswerParts {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  /** Read and not given yet. */
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #isAtEnd = false;

  constructor(body: ReadableStream<Uint8Array>) {
    this.#reader = body.getReader();
  }

  /** Whether the last part was given. */
  get isOver(): boolean {
    return this.#isAtEnd && this.#heldBytes === 0;
  }

  /** Null after the last part. In a buffer of its own. */
  async next(): Promise<Uint8Array | null> {
    while (this.#heldBytes < PART_BYTES && !this.#isAtEnd) {
      const { done, value } = await this.#reader.read();
      if (done) this.#isAtEnd = true;
      else this.#hold(value);
    }
    if (this.#heldBytes === 0) return null;
    const part = new Uint8Array(Math.min(PART_BYTES, this.#heldBytes));
    let at = 0;
    while (at < part.byteLength) {
      const [chunk] = this.#held;
      if (chunk === undefined) break;
      const taken = chunk.subarray(0, part.byteLength - at);
      part.set(taken, at);
      at += taken.byteLength;
      if (taken.byteLength === chunk.byteLength) this.#held.shift();
      else this.#held[0] = chunk.subarray(taken.byteLength);
    }
    this.#heldBytes -= part.byteLength;
    return part;
  }

  cancel(): void {
    this.#held = [];
    this.#heldBytes = 0;
    this.#isAtEnd = true;
    this.#reader.cancel().catch(() => {});
  }

  #hold(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return;
    this.#held.push(chunk);
    this.#heldBytes += chunk.byteLength;
  }
}
