/** Which turn the reader is at. It changes while they scroll, so what shows it subscribes to it, and nothing else is drawn again. */
export class ReadTurn {
  readonly #listeners = new Set<() => void>();
  #turn = 0;

  /** Position of the turn; -1 for none. */
  get turn(): number {
    return this.#turn;
  }

  set = (turn: number): void => {
    if (turn === this.#turn) return;
    this.#turn = turn;
    for (const listener of this.#listeners) listener();
  };

  /** The result unsubscribes. */
  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };
}
