interface Mark {
  readonly order: number;
  readonly at: number;
}

const MAX_MARKS = 512;

/**
 * When spans were queued, by their order, in little memory however many they are: exact for the first few hundred, and then to
 * within a two-hundred-and-fiftieth of their number. What is not known exactly counts as later than it was, never as earlier.
 */
export class Ages {
  #marks: Mark[] = [];
  #last: Mark | undefined;
  /** One in so many is kept. */
  #stride = 1;
  #passed = 0;

  /** A span with a later order than any before it. */
  note(order: number, at: number): void {
    this.#last = { order, at };
    this.#passed += 1;
    if (this.#passed < this.#stride) return;
    this.#passed = 0;
    this.#marks.push(this.#last);
    if (this.#marks.length < MAX_MARKS) return;
    // Of each two, the later.
    this.#marks = this.#marks.filter((_mark, index) => index % 2 === 1);
    this.#stride *= 2;
  }

  /** When the span of that order was queued, or one soon after it; Infinity when none is known. */
  at(order: number): number {
    const mark = this.#marks.find((known) => known.order >= order) ?? this.#last;
    return mark?.at ?? Number.POSITIVE_INFINITY;
  }

  /** Spans before that one are not asked for any more. */
  forgetBefore(order: number): void {
    const first = this.#marks.findIndex((mark) => mark.order >= order);
    this.#marks.splice(0, first < 0 ? this.#marks.length : first);
    if (this.#marks.length > 0) return;
    this.#stride = 1;
    this.#passed = 0;
  }
}
