import type { QueuedBytes } from '../queue/span-queue.js';

/** Bytes that stand in for an encoded span. */
export function queuedBytes(...bytes: number[]): QueuedBytes {
  const buffer = Buffer.from(bytes);
  return { length: buffer.length, copy: (target, at) => buffer.copy(target, at), free: () => {} };
}

/** What is in them. */
export function contentOf(bytes: QueuedBytes): Buffer {
  const content = Buffer.alloc(bytes.length);
  bytes.copy(content, 0);
  return content;
}
