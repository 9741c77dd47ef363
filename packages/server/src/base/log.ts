/** Messages for the operator: starts, stops and errors. Requests are not logged. */
export interface Log {
  info(message: string): void;
  error(message: string, cause?: unknown): void;
}

const LONGEST_LINE = 2000;

/** A log with one line per entry. Text from outside can neither break the line nor control a terminal. */
export function createLog(out: { write(line: string): unknown }, err: { write(line: string): unknown }): Log {
  return {
    info: (message) => void out.write(`${oneLine(message)}\n`),
    error: (message, cause) => {
      const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
      err.write(`powerrag: ${oneLine(message + reason)}\n`);
    },
  };
}

/** Control and line-separating characters as `\u` escapes, cut at 2,000 characters. */
function oneLine(text: string): string {
  const escaped = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return escaped.length <= LONGEST_LINE ? escaped : `${escaped.slice(0, LONGEST_LINE)}…`;
}
