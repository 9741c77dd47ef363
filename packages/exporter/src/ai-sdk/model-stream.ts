import { read } from '@powerrag/protocol';
import type { Clock } from '../base/clock.js';

/** What happens to a stream. What these throw is ignored. */
export interface StreamWatcher {
  piece(part: unknown): void;
  done(): void;
  failed(error: unknown): void;
  cancelled(): void;
  /** Nobody has asked for the next piece for a long time. */
  abandoned(): void;
}

/** How long the reader of a stream may take before it asks for the next piece. */
const UNREAD_MS = 5 * 60_000;

const READS = ['pipeThrough', 'pipeTo', 'tee', 'getReader', 'values', Symbol.asyncIterator, 'cancel'] as const;

/**
 * Watches a stream as it is read, and never reads ahead of its reader. The stream stays the same object, which the SDK holds already:
 * its methods give another stream that reads from it. Returns whether the stream can be watched.
 */
export function watchStream(stream: unknown, watcher: StreamWatcher, clock: Clock): stream is ReadableStream {
  if (!(stream instanceof ReadableStream) || stream.locked || Object.isFrozen(stream)) return false;
  // A method of the application's stream, taken before it is replaced.
  const getReader: () => ReadableStreamDefaultReader = stream.getReader.bind(stream);
  let standIn: ReadableStream | undefined;
  const stopWaiting = { now: clock.after(UNREAD_MS, () => quietly(() => watcher.abandoned())) };
  const watched = (): ReadableStream => {
    standIn ??= standInFor(getReader(), watcher, stopWaiting, clock);
    return standIn;
  };
  for (const key of READS) {
    if (typeof read(stream, key) !== 'function') continue;
    Object.defineProperty(stream, key, {
      configurable: true,
      writable: true,
      enumerable: false,
      value: (...args: unknown[]): unknown => {
        const target = watched();
        return Reflect.apply(Reflect.get(target, key), target, args);
      },
    });
  }
  return true;
}

function standInFor(
  reader: ReadableStreamDefaultReader,
  watcher: StreamWatcher,
  stopWaiting: { now: () => void },
  clock: Clock,
): ReadableStream {
  return new ReadableStream(
    {
      async pull(controller) {
        stopWaiting.now();
        try {
          const { done, value } = await reader.read();
          if (done) {
            quietly(() => watcher.done());
            controller.close();
            return;
          }
          quietly(() => watcher.piece(value));
          stopWaiting.now = clock.after(UNREAD_MS, () => quietly(() => watcher.abandoned()));
          controller.enqueue(value);
        } catch (error) {
          quietly(() => watcher.failed(error));
          throw error;
        }
      },
      cancel(reason: unknown) {
        stopWaiting.now();
        quietly(() => watcher.cancelled());
        return reader.cancel(reason);
      },
    },
    { highWaterMark: 0 },
  );
}

/** The reader of the stream must not notice that the recording failed. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // A span processor of the application threw.
  }
}
