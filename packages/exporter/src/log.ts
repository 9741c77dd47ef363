import type { Clock } from './clock.js';

/** Where the exporter says what its operator should know. */
export interface Log {
  /** At once for the first, then at most once a minute with the latest message. */
  warn(message: string): void;
  /** Always: the process is ending. */
  last(message: string): void;
}

const INTERVAL_MS = 60_000;
const MAX_LENGTH = 1_000;

/** @param write gets one line, without an end of line. */
export function rateLimitedLog(write: (line: string) => void, clock: Clock): Log {
  let silentUntil = Number.NEGATIVE_INFINITY;
  let held = 0;
  function say(message: string): void {
    try {
      write(`[powerrag] ${oneLine(message)}`);
    } catch {
      // A log that fails must not stop the sender.
    }
  }
  return {
    warn(message) {
      const now = clock.now();
      if (now < silentUntil) {
        held += 1;
        return;
      }
      silentUntil = now + INTERVAL_MS;
      say(held > 0 ? `${message} (${held} more messages since the last)` : message);
      held = 0;
    },
    last: say,
  };
}

/** Control characters would let what a server answers write into the terminal or forge log lines. */
function oneLine(message: string): string {
  return message.slice(0, MAX_LENGTH).replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
