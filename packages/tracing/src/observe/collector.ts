/** Puts the pieces of a streamed result together. */
export class Collector {
  readonly #chunks: unknown[] = [];
  add(value: unknown): void {
    this.#chunks.push(value);
  }
  result(returned?: unknown): unknown {
    return returned ?? this.#chunks;
  }
}
