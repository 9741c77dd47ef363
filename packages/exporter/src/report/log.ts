import type { Clock } from '../base/clock.js';
import { ignoreRejection } from '../base/ignore-rejection.js';
import { redactText } from '../mask/masking.js';

/** Log lines for the operator. */
export interface Log {
  /**
   * Writes the first message of a kind at once, then at most one per minute: the latest, with their number. Messages of one kind
   * differ only in numbers other than a status code. Above 20 kinds per minute, all others count as one kind.
   */
  warn(message: string): void;
  /** Writes the message in any case, because the process is ending. */
  last(message: string): void;
}

export interface RateLimitedLog extends Log {
  /** At once, and never again. */
  once(message: string): void;
  /** As `warn`, for what may happen with every span: the message is created only when it is written. */
  warnOften(kind: string, message: () => string): void;
}

interface Kind {
  latest: () => string;
  held: number;
}

const INTERVAL_MS = 60_000;
const MAX_LENGTH = 1_000;
const MAX_KINDS = 20;
/** A number that is not a status code. */
const NUMBER = /(?<!answered \d*)\d+/g;
/** The kind of all messages above the limit of kinds. */
const OTHERS = '';

/** @param write receives one line, without a line break. */
export function rateLimitedLog(write: (line: string) => unknown, clock: Clock): RateLimitedLog {
  const kinds = new Map<string, Kind>();
  const said = new Set<string>();

  function writeLine(message: string): void {
    try {
      ignoreRejection(write(`[powerrag] ${oneLine(message)}`));
    } catch {
      // A failing log must not stop the sender.
    }
  }

  function writeHeld(name: string, kind: Kind): void {
    if (kind.held === 0) {
      kinds.delete(name);
      return;
    }
    writeLine(kind.held === 1 ? kind.latest() : `${kind.latest()} (the last of ${kind.held} such messages)`);
    kind.held = 0;
    clock.after(INTERVAL_MS, () => writeHeld(name, kind));
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
    writeLine(message());
    clock.after(INTERVAL_MS, () => writeHeld(name, kind));
  }

  function once(message: string): void {
    if (said.has(message)) return;
    said.add(message);
    writeLine(message);
  }

  return {
    once,
    warn: (message) => warnOften(message.replace(NUMBER, '#'), () => message),
    warnOften,
    last: writeLine,
  };
}

/**
 * Removes credentials, because a message may quote an answer or a URL, and control characters, which could control a terminal or
 * forge log lines.
 */
function oneLine(message: string): string {
  return redactText(message)
    .slice(0, MAX_LENGTH)
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
