import type { Clock } from '../base/clock.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import { redactText } from '../mask/masking.js';

/** Where the exporter says what its operator should know. */
export interface Log {
  /**
   * At once for the first message of its kind, then at most once a minute with the latest one and how many there were.
   * Messages that differ in numbers only are of one kind, but for what a server answered. At most 20 kinds a minute; all others
   * count as one more.
   */
  warn(message: string): void;
  /** Always: the process is ending. */
  last(message: string): void;
}

export interface RateLimitedLog extends Log {
  /** At once, and never again. */
  once(message: string): void;
  /** As `warn`, for what may happen with every span: the message is made only when it is said. */
  warnOften(kind: string, message: () => string): void;
}

interface Kind {
  latest: () => string;
  held: number;
}

const INTERVAL_MS = 60_000;
const MAX_LENGTH = 1_000;
const MAX_KINDS = 20;
/** A number other than the status code of an answer. */
const NUMBER = /(?<!answered \d*)\d+/g;
/** The kind of all that are too many. */
const OTHERS = '';

/** @param write gets one line, without an end of line. */
export function rateLimitedLog(write: (line: string) => unknown, clock: Clock): RateLimitedLog {
  const kinds = new Map<string, Kind>();
  const said = new Set<string>();

  function say(message: string): void {
    try {
      ignoreRejection(write(`[powerrag] ${oneLine(message)}`));
    } catch {
      // A log that fails must not stop the sender.
    }
  }

  function sayAgain(name: string, kind: Kind): void {
    if (kind.held === 0) {
      kinds.delete(name);
      return;
    }
    say(kind.held === 1 ? kind.latest() : `${kind.latest()} (the last of ${kind.held} such messages)`);
    kind.held = 0;
    clock.after(INTERVAL_MS, () => sayAgain(name, kind));
  }

  function warnOften(own: string, message: () => string): void {
    const known = kinds.get(own) ?? (kinds.size < MAX_KINDS ? undefined : kinds.get(OTHERS));
    if (known) {
      known.latest = message;
      known.held += 1;
      return;
    }
    const name = kinds.size < MAX_KINDS ? own : OTHERS;
    const kind = { latest: message, held: 0 };
    kinds.set(name, kind);
    say(message());
    clock.after(INTERVAL_MS, () => sayAgain(name, kind));
  }

  function once(message: string): void {
    if (said.has(message)) return;
    said.add(message);
    say(message);
  }

  return { once, warn: (message) => warnOften(message.replace(NUMBER, '#'), () => message), warnOften, last: say };
}

/**
 * Without credentials: a message may quote what a server answers, or a URL. Without control characters, which would let it write
 * into the terminal or forge log lines.
 */
function oneLine(message: string): string {
  return redactText(message)
    .slice(0, MAX_LENGTH)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
