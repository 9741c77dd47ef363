/** How many reads run now, in memory that all threads share: who has work that can wait looks here. */
export class RunningReads {
  /** For another thread, which makes its own `RunningReads` of it. */
  readonly shared: Int32Array;

  constructor(shared: Int32Array = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared;
  }

  began(): void {
    Atomics.add(this.shared, 0, 1);
  }

  ended(): void {
    Atomics.sub(this.shared, 0, 1);
  }

  any(): boolean {
    return Atomics.load(this.shared, 0) > 0;
  }
}
