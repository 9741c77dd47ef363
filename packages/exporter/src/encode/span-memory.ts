/** Size of an allocation, which many spans share. */
const CHUNK_BYTES = 256 * 1024;
/** Most empty chunks to keep: 2 MiB. */
const MAX_FREE_CHUNKS = 8;

/** A piece of memory that contains spans. */
interface Chunk {
  readonly buffer: Buffer;
  /** Number of spans in it that have not been freed. */
  held: number;
  /** Whether nothing is written to it until all of them are freed. */
  isRetired: boolean;
}

/** The bytes of an encoded span in shared memory. */
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

  /** @throws Error when it has been freed, because another span may have its memory. */
  copy(target: Buffer, at: number): void {
    if (this.#chunk === undefined) throw new Error('The span was freed before it was sent.');
    this.#chunk.buffer.copy(target, at, this.#start, this.#start + this.length);
  }

  /** Call this when the bytes are not needed any more. */
  free(): void {
    const chunk = this.#chunk;
    if (chunk === undefined) return;
    this.#chunk = undefined;
    chunk.held -= 1;
    if (chunk.held === 0 && chunk.isRetired) this.#memory.takeBack(chunk);
  }
}

/**
 * Memory for encoded spans. Chunks are reused when all their spans have left, because the operating system has to clear new
 * memory, which costs as much as writing to it.
 */
export class SpanMemory {
  /** Size of a chunk. */
  readonly chunkBytes: number;
  readonly #free: Chunk[] = [];
  #current: Chunk | undefined;

  constructor(chunkBytes: number = CHUNK_BYTES) {
    this.chunkBytes = chunkBytes;
  }

  /** Bytes in empty chunks. */
  get freeBytes(): number {
    return this.#free.length * this.chunkBytes;
  }

  /** A chunk to write spans to, one after another. The previous chunk must not be written to any more. */
  allocate(): Buffer {
    if (this.#current) this.#retire(this.#current);
    this.#current = this.#free.pop() ?? createChunk(this.chunkBytes);
    this.#current.isRetired = false;
    return this.#current.buffer;
  }

  /** A span that was written to the chunk that `allocate` returned last. */
  hold(start: number, length: number): SpanBytes {
    if (this.#current === undefined) throw new Error('Call allocate() first.');
    return new SpanBytes(this, this.#current, start, length);
  }

  /** A span with its own buffer. */
  own(buffer: Buffer): SpanBytes {
    return new SpanBytes(this, { buffer, held: 0, isRetired: true }, 0, buffer.length);
  }

  /** Only for `SpanBytes`: the chunk is empty. */
  takeBack(chunk: Chunk): void {
    if (chunk.buffer.length === this.chunkBytes && this.#free.length < MAX_FREE_CHUNKS) this.#free.push(chunk);
  }

  #retire(chunk: Chunk): void {
    chunk.isRetired = true;
    if (chunk.held === 0) this.takeBack(chunk);
  }
}

function createChunk(bytes: number): Chunk {
  // Not from Node's pool for small buffers, which the application's buffers share.
  return { buffer: Buffer.allocUnsafeSlow(bytes), held: 0, isRetired: false };
}
