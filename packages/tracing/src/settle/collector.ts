import { maxValueLength, snapshotJson, wellFormed } from '../base/snapshot.js';
import { MessageAssembler } from './message-assembler.js';
import { Room } from './room.js';
import type { Totals } from './totals.js';

/**
 * Assembles the pieces of a streamed result: strings into one text, pieces of a model's answer into a message, anything else into
 * an array. Each piece is recorded as it is when it arrives. Holds at most the length limit of one value.
 */
export class Collector {
  readonly #room = new Room(maxValueLength());
  readonly #assembler = new MessageAssembler(this.#room);
  /** Texts as they arrived; JSON from the first piece that is not a text. */
  #pieces: string[] = [];
  #onlyText = true;
  #total = 0;
  #lost = 0;
  #decoder: InstanceType<typeof TextDecoder> | undefined;
  #bytes = 0;
  #isBinary = false;

  add(value: unknown): void {
    this.#total += 1;
    const piece = value instanceof Uint8Array ? this.#decode(value) : value;
    if (typeof piece === 'string' && this.#onlyText) this.#pieces.push(this.#room.take(piece));
    else this.#addPiece(piece);
  }

  /** Token counts and model that the stream reported, for a generation. */
  get totals(): Totals {
    return this.#assembler.totals;
  }

  /** The error that a piece told of. */
  get failure(): unknown {
    return this.#assembler.failure;
  }

  /** What is recorded of the pieces. It is already within the limit and must not be cut again. */
  text(): string | undefined {
    const result = this.result();
    return typeof result === 'string' ? wellFormed(result) : JSON.stringify(result);
  }

  /** @param returned the return value of a generator */
  result(returned?: unknown): unknown {
    const streamed = this.#total === 0 ? undefined : this.#streamed();
    if (returned === undefined) return streamed;
    return streamed === undefined ? returned : { streamed, returned };
  }

  #streamed(): unknown {
    if (this.#isBinary) return `[${this.#bytes} bytes]`;
    if (this.#onlyText) {
      const text = this.#pieces.join('') + (this.#decoder?.decode() ?? '');
      const { lost } = this.#room;
      return lost > 0 ? `${text}[truncated: ${lost} of ${text.length + lost} characters]` : text;
    }
    if (this.#assembler.isMessage) return this.#assembler.message();
    const pieces: unknown[] = this.#pieces.map((json) => JSON.parse(json));
    if (this.#lost > 0) pieces.push(`[truncated: ${this.#lost} of ${this.#total} items]`);
    return pieces;
  }

  #addPiece(value: unknown): void {
    if (this.#onlyText) {
      this.#onlyText = false;
      this.#pieces = this.#pieces.map((text) => JSON.stringify(text));
    }
    this.#assembler.add(value);
    // Once there is a message, it is recorded instead of the pieces, which need not be kept.
    if (this.#assembler.isMessage) {
      this.#pieces = [];
      return;
    }
    const json = snapshotJson(value);
    if (json.length > this.#room.left) this.#lost += 1;
    else this.#pieces.push(this.#room.take(json));
  }

  /** Bytes as UTF-8 text; if they are not UTF-8, only their number is kept. */
  #decode(bytes: Uint8Array): string {
    this.#bytes += bytes.byteLength;
    try {
      this.#decoder ??= new TextDecoder('utf-8', { fatal: true });
      if (!this.#isBinary) return this.#decoder.decode(bytes, { stream: true });
    } catch {
      this.#isBinary = true;
      this.#pieces = [];
    }
    return '';
  }
}
