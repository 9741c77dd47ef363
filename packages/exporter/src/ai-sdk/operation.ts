/** Something that the AI SDK does and that is recorded as one observation. It ends once, however often it is told. */
export interface Operation {
  /** @param error what it failed with; undefined if it did not fail */
  end(result: unknown, error: unknown): void;
  /** Ends it without a result: nobody waits for it any more. */
  abandon(): void;
}
