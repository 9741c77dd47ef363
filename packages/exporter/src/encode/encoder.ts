import type { ReadableSpan } from '@opentelemetry/sdk-trace-base';
import { writeSpan } from './span.js';
import { type SpanBytes, SpanMemory } from './span-memory.js';
import { keepStrings, type Mask, type StringPolicy } from './value.js';
import { ByteWriter, TooLargeError } from './writer.js';

export interface Encoded {
  readonly bytes: SpanBytes;
  /** Whether texts were cut to make it small enough. */
  readonly truncated: boolean;
}

/** Text lengths to try in turn until the span fits, as fractions of the largest span allowed. */
const PARTS = [1 / 4, 1 / 16, 1 / 64, 1 / 1_024, 1 / 65_536];

/** Encodes spans, each to at most `maxSpanBytes`. */
export class SpanEncoder {
  readonly #memory = new SpanMemory();
  readonly #writer: ByteWriter;
  readonly #maxSpanBytes: number;
  /** Cuts nothing. */
  readonly #wholeStrings: StringPolicy;
  #isWriting = false;

  constructor(maxSpanBytes: number, mask?: Mask) {
    const memory = this.#memory;
    this.#writer = new ByteWriter(maxSpanBytes, memory.chunkBytes, () => memory.allocate());
    this.#maxSpanBytes = maxSpanBytes;
    this.#wholeStrings = { ...keepStrings, mask };
  }

  /**
   * @param leaveOut attributes to leave out if the span has exactly this value.
   * @throws TooLargeError when the span is too large even with its texts cut.
   * @throws Error when called while a mask runs: a mask that creates spans would mask them too, without end.
   */
  encode(span: ReadableSpan, leaveOut: ReadonlyMap<string, unknown> | undefined): Encoded {
    if (this.#isWriting) throw new Error('it ended while another span was being masked. Do not create spans in mask');
    this.#isWriting = true;
    try {
      return this.#encode(span, leaveOut);
    } finally {
      this.#isWriting = false;
    }
  }

  #encode(span: ReadableSpan, leaveOut: ReadonlyMap<string, unknown> | undefined): Encoded {
    const whole = this.#attempt(span, this.#wholeStrings, leaveOut);
    if (whole) return { bytes: whole, truncated: false };
    for (const part of PARTS) {
      const strings = { ...this.#wholeStrings, maxLength: Math.floor(this.#maxSpanBytes * part) };
      const bytes = this.#attempt(span, strings, leaveOut);
      if (bytes) return { bytes, truncated: true };
    }
    throw new TooLargeError(this.#maxSpanBytes);
  }

  #attempt(
    span: ReadableSpan,
    strings: StringPolicy,
    leaveOut: ReadonlyMap<string, unknown> | undefined,
  ): SpanBytes | undefined {
    const writer = this.#writer;
    writer.reset();
    try {
      writeSpan(writer, span, strings, leaveOut);
    } catch (error) {
      if (error instanceof TooLargeError) return undefined;
      throw error;
    }
    return writer.length <= this.#maxSpanBytes ? this.#end() : undefined;
  }

  #end(): SpanBytes {
    const writer = this.#writer;
    if (writer.isAlone) return this.#memory.own(writer.toBuffer());
    const { length, start } = writer;
    writer.end();
    return this.#memory.hold(start, length);
  }
}
