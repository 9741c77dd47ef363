/** The native string writers of Node's buffers, which skip the argument checks of `buffer.write`. */
interface NativeWrites {
  utf8Write?: (text: string, offset: number, length: number) => number;
}

/** Bytes that can be copied, such as a buffer. */
export interface Copyable {
  readonly length: number;
  copy(target: Buffer, at: number): unknown;
}

const DEFAULT_CHUNK_BYTES = 16 * 1024;
/** Below this length a loop is faster than a native call. */
const SHORT_STRING = 48;
/** A varint of any safe integer, and a tag. */
const MAX_HEADER_BYTES = 12;
/** Most of a chunk that may stay unused, as a fraction. */
const MOST_WASTED = 8;
/** Most bytes of a character in UTF-8. */
const MAX_CHARACTER_BYTES = 4;
const MAX_ID_BYTES = 16;
const TWO_TO_32 = 4_294_967_296;
const NOTHING = Buffer.alloc(0);

/** The value of a hexadecimal digit by character code; -1 for other characters. */
const HEX_DIGITS = Int8Array.from({ length: 256 }, (_, code) => '0123456789abcdef'.indexOf(digitOf(code)));

function digitOf(code: number): string {
  return String.fromCharCode(code).toLowerCase();
}

/** Thrown when a message is larger than the writer's limit. */
export class TooLargeError extends Error {
  constructor(limit: number) {
    super(`The encoded message is larger than ${limit} bytes.`);
    this.name = 'TooLargeError';
  }
}

export function varintBytes(value: number): number {
  if (value < 128) return 1;
  if (value < 16_384) return 2;
  let bytes = 3;
  for (let rest = value; rest >= 2_097_152; rest /= 128) bytes += 1;
  return bytes;
}

/**
 * Writes protobuf messages in one pass. The length of a nested message precedes it but is known only afterwards: `open` reserves
 * space for the length of the guess, and `close` moves the message only if the guess was wrong.
 *
 * Messages share chunks of memory, so that one allocation serves many. Buffers that `toBuffer` returned are not written to again,
 * and a chunk is freed with its last message.
 *
 * Tags are passed complete (`field << 3 | wire type`).
 */
export class ByteWriter {
  #buffer: Buffer & NativeWrites = NOTHING;
  /** Offset of the message in the buffer. */
  #start = 0;
  #position = 0;
  /** Set while a message is written to its own buffer: the chunk to return to, and the offset in it. */
  #shared: { readonly buffer: Buffer; readonly start: number } | undefined;
  readonly #limit: number;
  readonly #chunkBytes: number;
  readonly #allocate: (bytes: number) => Buffer;

  /**
   * @param limit most bytes of a message; writing more throws `TooLargeError`.
   * @param chunkBytes size of an allocation. A message that does not fit into the rest of a chunk, and would leave much of it
   * unused, gets its own buffer.
   * @param allocate returns a chunk that nobody else writes to until the next call.
   */
  constructor(
    limit: number = Number.POSITIVE_INFINITY,
    chunkBytes: number = DEFAULT_CHUNK_BYTES,
    allocate: (bytes: number) => Buffer = Buffer.allocUnsafeSlow,
  ) {
    this.#limit = limit;
    this.#chunkBytes = chunkBytes;
    this.#allocate = allocate;
  }

  /** Bytes of the message so far. */
  get length(): number {
    return this.#position - this.#start;
  }

  /** Discards the message so far. */
  reset(): void {
    this.#position = this.#start;
    this.#backToChunk();
  }

  /** Offset of the message in the last chunk. */
  get start(): number {
    return this.#start;
  }

  /** Whether the message has its own buffer. */
  get isAlone(): boolean {
    return this.#shared !== undefined;
  }

  /** Ends the message and returns it. */
  toBuffer(): Buffer {
    if (this.isAlone) return this.#toBufferOfItsOwn();
    const message = this.#buffer.subarray(this.#start, this.#position);
    this.end();
    return message;
  }

  /** Ends the message, which stays in the chunk. */
  end(): void {
    this.#start = this.#position;
  }

  /** A large message, without unused space. */
  #toBufferOfItsOwn(): Buffer {
    const message = Buffer.allocUnsafeSlow(this.length);
    this.#buffer.copy(message, 0, this.#start, this.#position);
    this.#backToChunk();
    return message;
  }

  #backToChunk(): void {
    if (this.#shared === undefined) return;
    this.#buffer = this.#shared.buffer;
    this.#start = this.#shared.start;
    this.#position = this.#start;
    this.#shared = undefined;
  }

  tag(tag: number): void {
    this.#reserve(2);
    const at = this.#position;
    if (tag < 128) {
      this.#buffer[at] = tag;
      this.#position = at + 1;
    } else {
      this.#buffer[at] = (tag & 127) | 128;
      this.#buffer[at + 1] = tag >>> 7;
      this.#position = at + 2;
    }
  }

  /** A non-negative integer of at most 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(8);
    this.#position = this.#varintAt(this.#position, value);
  }

  /** Any safe integer as a protobuf int64: negative ones are two's complement in ten bytes. */
  int64(value: number): void {
    if (value >= 0) {
      this.varint(value);
      return;
    }
    this.#reserve(10);
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) this.#buffer[this.#position++] = Number(rest & 127n) | 128;
    this.#buffer[this.#position++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#reserve(4);
    this.#fixed32At(this.#position, value);
    this.#position += 4;
  }

  /** A 64-bit value in two halves of 32 bits. */
  fixed64(high: number, low: number): void {
    this.#reserve(8);
    this.#fixed32At(this.#position, low);
    this.#fixed32At(this.#position + 4, high);
    this.#position += 8;
  }

  double(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  /** Seconds and nanoseconds as an exact number of nanoseconds. Invalid times become 0. */
  nanoseconds(seconds: number, nanoseconds: number): void {
    if (!(seconds >= 0 && seconds < TWO_TO_32 && nanoseconds >= 0 && nanoseconds < TWO_TO_32)) {
      this.fixed64(0, 0);
      return;
    }
    const whole = Math.floor(seconds);
    const rest = Math.floor(nanoseconds) + (whole === seconds ? 0 : Math.round((seconds - whole) * 1e9));
    // The product does not fit into a double. Its lower half can be computed exactly, and then the upper half is off by less than one.
    const low = (Math.imul(whole, 1e9) + rest) >>> 0;
    this.fixed64(Math.round((whole * 1e9 + rest - low) / TWO_TO_32), low);
  }

  /** A length-delimited string. Lone surrogates become U+FFFD, so the bytes are always valid UTF-8. */
  string(tag: number, text: string): void {
    if (text.length > this.#limit) throw new TooLargeError(this.#limit);
    this.#reserve(text.length + MAX_HEADER_BYTES);
    this.tag(tag);
    if (text.length < SHORT_STRING && this.#ascii(text)) return;
    const header = varintBytes(text.length);
    let written = this.#utf8(text, header);
    if (this.#buffer.length - this.#position - header - written < MAX_CHARACTER_BYTES) {
      // With so little space left, the last characters may be missing.
      this.#reserve(text.length * 3 + MAX_HEADER_BYTES);
      written = this.#utf8(text, header);
    }
    const start = this.#position + header;
    const needed = varintBytes(written);
    if (needed !== header) this.#buffer.copyWithin(this.#position + needed, start, start + written);
    this.#position = this.#varintAt(this.#position, written) + written;
  }

  /** Length-delimited bytes. */
  bytes(tag: number, bytes: Uint8Array): void {
    this.tag(tag);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Bytes of a message that is already encoded. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** As `raw`, for bytes that copy themselves. */
  copy(bytes: Copyable): void {
    this.#reserve(bytes.length);
    bytes.copy(this.#buffer, this.#position);
    this.#position += bytes.length;
  }

  /** A trace or span id, given as hexadecimal digits. */
  id(tag: number, hex: string): void {
    this.tag(tag);
    this.#reserve(MAX_ID_BYTES + 1);
    const buffer = this.#buffer;
    const header = this.#position;
    const digits = Math.min(hex.length, 2 * MAX_ID_BYTES);
    let at = header + 1;
    for (let index = 1; index < digits; index += 2) {
      const byte = ((HEX_DIGITS[hex.charCodeAt(index - 1)] ?? -1) << 4) | (HEX_DIGITS[hex.charCodeAt(index)] ?? -1);
      // -1 has all bits set, whatever the other digit is.
      if (byte < 0) break;
      buffer[at] = byte;
      at += 1;
    }
    buffer[header] = at - header - 1;
    this.#position = at;
  }

  /** Begins a nested message of about `guess` bytes. Pass the result and the same guess to `close`. */
  open(tag: number, guess: number): number {
    this.tag(tag);
    const header = varintBytes(guess);
    this.#reserve(header);
    const mark = this.length;
    this.#position += header;
    return mark;
  }

  close(mark: number, guess: number): void {
    const header = varintBytes(guess);
    const length = this.length - mark - header;
    const needed = varintBytes(length);
    if (needed !== header) {
      this.#reserve(needed);
      const at = this.#start + mark;
      this.#buffer.copyWithin(at + needed, at + header, this.#position);
      this.#position += needed - header;
    }
    this.#varintAt(this.#start + mark, length);
  }

  #ascii(text: string): boolean {
    const buffer = this.#buffer;
    const { length } = text;
    const start = this.#position + 1;
    for (let index = 0; index < length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      buffer[start + index] = code;
    }
    buffer[start - 1] = length;
    this.#position = start + length;
    return true;
  }

  /** Writes as much of the text as fits, after a gap for its length. Returns the number of bytes. */
  #utf8(text: string, gap: number): number {
    const start = this.#position + gap;
    return this.#buffer.utf8Write
      ? this.#buffer.utf8Write(text, start, this.#buffer.length - start)
      : this.#buffer.write(text, start, 'utf8');
  }

  #fixed32At(position: number, value: number): void {
    const buffer = this.#buffer;
    buffer[position] = value;
    buffer[position + 1] = value >>> 8;
    buffer[position + 2] = value >>> 16;
    buffer[position + 3] = value >>> 24;
  }

  #varintAt(position: number, value: number): number {
    const buffer = this.#buffer;
    let at = position;
    let rest = value;
    for (; rest >= TWO_TO_32; rest = Math.floor(rest / 128)) buffer[at++] = (rest % 128) | 128;
    for (; rest >= 128; rest >>>= 7) buffer[at++] = (rest & 127) | 128;
    buffer[at] = rest;
    return at + 1;
  }

  #reserve(bytes: number): void {
    if (this.#position + bytes > this.#buffer.length) this.#moveToNewChunk(bytes);
  }

  /** Makes room for `bytes` more. */
  #moveToNewChunk(bytes: number): void {
    const { length } = this;
    if (length > this.#limit) throw new TooLargeError(this.#limit);
    const needed = length + bytes;
    const wouldWaste = this.#buffer.length - this.#start > this.#chunkBytes / MOST_WASTED;
    let buffer: Buffer;
    if (this.isAlone || needed > this.#chunkBytes || wouldWaste) {
      buffer = Buffer.allocUnsafeSlow(Math.max(needed, length * 2));
      this.#shared ??= { buffer: this.#buffer, start: this.#start };
    } else buffer = this.#allocate(this.#chunkBytes);
    this.#buffer.copy(buffer, 0, this.#start, this.#position);
    this.#buffer = buffer;
    this.#start = 0;
    this.#position = length;
  }
}
