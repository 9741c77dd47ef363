/** An operation of the AI SDK that is recorded as one observation. It ends once; later attempts to end it do nothing. */
export interface Operation {
  /** @param error what it failed with; undefined if it did not fail */
  end(result: unknown, error: unknown): void;
  /** Ends it without a result, because nothing waits for it any more. */
  abandon(): void;
}
