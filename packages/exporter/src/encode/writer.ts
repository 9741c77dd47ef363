/** The native string writers that every Node buffer has, without the argument checks of `buffer.write`. */
interface NativeWrites {
  utf8Write?: (text: string, offset: number, length: number) => number;
}

const INITIAL_BYTES = 16 * 1024;
/** Below this many characters a loop is faster than the call into native code. */
const SHORT_STRING = 24;
/** Above this many characters the exact byte length is asked for first, instead of reserving three bytes for each. */
const LONG_STRING = 64 * 1024;
const MAX_ID_BYTES = 16;
const TWO_TO_32 = 4_294_967_296;

/** What was to be written is larger than the writer's limit. */
export class TooLargeError extends Error {
  constructor(limit: number) {
    super(`The encoded message is larger than ${limit} bytes.`);
    this.name = 'TooLargeError';
  }
}

export function varintBytes(value: number): number {
  let bytes = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}

/**
 * Writes protobuf in one pass. A nested message's length goes before it but is known only after it: `open` leaves as many
 * bytes as the guess needs, and `close` moves the message only if the guess was wrong.
 *
 * Tags are given whole (`field << 3 | wire type`); all fields of OTLP need one byte, but for two.
 */
export class ByteWriter {
  #buffer: Buffer & NativeWrites = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  #position = 0;
  readonly #limit: number;

  /** @param limit the most bytes a message may have; writing more throws `TooLargeError`. */
  constructor(limit: number = Number.POSITIVE_INFINITY) {
    this.#limit = limit;
  }

  get length(): number {
    return this.#position;
  }

  /** Forgets what was written, and a buffer that one large message has left behind. */
  reset(): void {
    this.#position = 0;
    if (this.#buffer.length > 64 * INITIAL_BYTES) this.#buffer = Buffer.allocUnsafeSlow(INITIAL_BYTES);
  }

  /** A copy of what was written. */
  toBuffer(): Buffer {
    const copy = Buffer.allocUnsafe(this.#position);
    this.#buffer.copy(copy, 0, 0, this.#position);
    return copy;
  }

  tag(tag: number): void {
    this.#reserve(2);
    if (tag >= 128) {
      this.#buffer[this.#position++] = (tag & 127) | 128;
      this.#buffer[this.#position++] = tag >>> 7;
    } else this.#buffer[this.#position++] = tag;
  }

  /** A non-negative integer of at most 2^53 - 1. */
  varint(value: number): void {
    this.#reserve(8);
    this.#position = this.#varintAt(this.#position, value);
  }

  /** Any safe integer, negative ones as protobuf's int64: two's complement in ten bytes. */
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
    this.#position = this.#buffer.writeUInt32LE(value >>> 0, this.#position);
  }

  /** A 64-bit value in two halves of 32 bits. */
  fixed64(high: number, low: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeUInt32LE(low, this.#position);
    this.#position = this.#buffer.writeUInt32LE(high, this.#position);
  }

  double(value: number): void {
    this.#reserve(8);
    this.#position = this.#buffer.writeDoubleLE(value, this.#position);
  }

  /** Seconds and nanoseconds as one count of nanoseconds, exactly. Anything that is no time becomes 0. */
  nanoseconds(seconds: number, nanoseconds: number): void {
    if (!(seconds >= 0 && seconds < TWO_TO_32 && nanoseconds >= 0 && nanoseconds < TWO_TO_32)) {
      this.fixed64(0, 0);
      return;
    }
    const whole = Math.trunc(seconds);
    // In two parts of 16 bits of seconds, since their product with 1e9 has to stay below 2^53.
    const upper = Math.floor(whole / 65_536) * 1e9;
    const lower = (whole % 65_536) * 1e9 + Math.round((seconds - whole) * 1e9) + Math.trunc(nanoseconds);
    const rest = (upper % 65_536) * 65_536 + lower;
    this.fixed64((Math.floor(upper / 65_536) + Math.floor(rest / TWO_TO_32)) >>> 0, rest % TWO_TO_32);
  }

  /** A length-delimited string. Lone surrogates become U+FFFD, so the bytes are always valid UTF-8. */
  string(tag: number, text: string): void {
    const length = text.length;
    if (length > this.#limit) throw new TooLargeError(this.#limit);
    this.#reserve((length > LONG_STRING ? Buffer.byteLength(text) : length * 3) + 12);
    this.tag(tag);
    if (length < SHORT_STRING && this.#ascii(text)) return;
    const header = varintBytes(length);
    const start = this.#position + header;
    const written = this.#buffer.utf8Write
      ? this.#buffer.utf8Write(text, start, this.#buffer.length - start)
      : this.#buffer.write(text, start, 'utf8');
    const needed = varintBytes(written);
    if (needed !== header) this.#buffer.copyWithin(this.#position + needed, start, start + written);
    this.#position = this.#varintAt(this.#position, written) + written;
  }

  /** A length-delimited run of bytes. */
  bytes(tag: number, bytes: Uint8Array): void {
    this.tag(tag);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  /** Bytes as they are: a message that was encoded before. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#buffer.set(bytes, this.#position);
    this.#position += bytes.length;
  }

  /** A trace or span id, given as hexadecimal digits. */
  id(tag: number, hex: string): void {
    this.tag(tag);
    this.#reserve(MAX_ID_BYTES + 1);
    const header = this.#position;
    this.#position += 1;
    const written = this.#buffer.write(hex, this.#position, MAX_ID_BYTES, 'hex');
    this.#buffer[header] = written;
    this.#position += written;
  }

  /** Begins a nested message that will have about `guess` bytes; give what it returns and the same guess to `close`. */
  open(tag: number, guess: number): number {
    this.tag(tag);
    const header = varintBytes(guess);
    this.#reserve(header);
    const mark = this.#position;
    this.#position += header;
    return mark;
  }

  close(mark: number, guess: number): void {
    const header = varintBytes(guess);
    const length = this.#position - mark - header;
    const needed = varintBytes(length);
    if (needed !== header) {
      this.#reserve(needed);
      this.#buffer.copyWithin(mark + needed, mark + header, this.#position);
      this.#position += needed - header;
    }
    this.#varintAt(mark, length);
  }

  #ascii(text: string): boolean {
    const start = this.#position + 1;
    for (let index = 0; index < text.length; index++) {
      const code = text.charCodeAt(index);
      if (code > 127) return false;
      this.#buffer[start + index] = code;
    }
    this.#buffer[this.#position] = text.length;
    this.#position = start + text.length;
    return true;
  }

  #varintAt(position: number, value: number): number {
    let at = position;
    let rest = value;
    for (; rest >= 128; rest = Math.floor(rest / 128)) this.#buffer[at++] = (rest % 128) | 128;
    this.#buffer[at++] = rest;
    return at;
  }

  #reserve(bytes: number): void {
    const needed = this.#position + bytes;
    if (needed <= this.#buffer.length) return;
    if (this.#position > this.#limit) throw new TooLargeError(this.#limit);
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(grown, 0, 0, this.#position);
    this.#buffer = grown;
  }
}
