/** Bytes allocated at a time, for as many spans as fit. */
const CHUNK_BYTES = 256 * 1024;
/** Chunks that are kept although nothing is in them: 2 MiB. */
const MAX_FREE_CHUNKS = 8;

/** A piece of memory with spans in it. */
interface Chunk {
  readonly buffer: Buffer;
  /** How many spans in it have not been freed. */
  held: number;
  /** Whether nothing is written to it any more before all of them have been. */
  isRetired: boolean;
}

/** An encoded span, which stands in memory among others. */
export class SpanBytes {
  readonly length: number;
  readonly #start: number;
  readonly #memory: SpanMemory;
  #chunk: Chunk | undefined;

  constructor(memory: SpanMemory, chunk: Chunk, start: number, length: number) {
    this.#memory = memory;
    this.#chunk = chunk;
    this.#start = start;
    this.length = length;
    chunk.held += 1;
  }

  /** @throws Error when it has been freed: its memory may hold another span by now. */
  copy(target: Buffer, at: number): void {
    if (this.#chunk === undefined) throw new Error('The span was freed before it was sent.');
    this.#chunk.buffer.copy(target, at, this.#start, this.#start + this.length);
  }

  /** It is not read any more. */
  free(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    this.#chunk = undefined;
    chunk.held -= 1;
    if (chunk.held === 0 && chunk.isRetired) this.#memory.takeBack(chunk);
  }
}

/**
 * Memory for encoded spans. A chunk whose spans have all left is written to again: fresh memory costs as much as what is
 * written to it, since the operating system has to clear it.
 */
export class SpanMemory {
  /** Size of a chunk. */
  readonly chunkBytes: number;
  readonly #free: Chunk[] = [];
  #current: Chunk | undefined;

  constructor(chunkBytes: number = CHUNK_BYTES) {
    this.chunkBytes = chunkBytes;
  }

  /** Bytes in chunks that hold nothing. */
  get freeBytes(): number {
    return this.#free.length * this.chunkBytes;
  }

  /** A chunk to write spans to, one after another. What was got before is not written to any more. */
  allocate(): Buffer {
    if (this.#current) this.#retire(this.#current);
    this.#current = this.#free.pop() ?? createChunk(this.chunkBytes);
    this.#current.isRetired = false;
    return this.#current.buffer;
  }

  /** Holds a span that was written to what `allocate` gave last. */
  hold(start: number, length: number): SpanBytes {
    if (this.#current === undefined) throw new Error('Nothing was allocated.');
    return new SpanBytes(this, this.#current, start, length);
  }

  /** Holds a span that has memory of its own. */
  own(buffer: Buffer): SpanBytes {
    return new SpanBytes(this, { buffer, held: 0, isRetired: true }, 0, buffer.length);
  }

  /** For spans alone: nothing is in the chunk any more. */
  takeBack(chunk: Chunk): void {
    if (chunk.buffer.length === this.chunkBytes && this.#free.length < MAX_FREE_CHUNKS) this.#free.push(chunk);
  }

  #retire(chunk: Chunk): void {
    chunk.isRetired = true;
    if (chunk.held === 0) this.takeBack(chunk);
  }
}

function createChunk(bytes: number): Chunk {
  // Never from the pool that Node shares among small buffers, of which any part of the application may hold a piece.
  return { buffer: Buffer.allocUnsafeSlow(bytes), held: 0, isRetired: false };
}
