/** Messages for the operator: starts, stops and errors. */
export interface Log {
  info(message: string): void;
  error(message: string, cause?: unknown): void;
  /**
   * What only helps to find a fault, such as each request. Default: it is not written.
   *
   * @param fields never hold what clients sent: no ids, no queries, no keys.
   */
  debug?(message: string, fields?: LogFields): void;
}

export type LogFields = Readonly<Record<string, string | number>>;

export interface LogStream {
  write(line: string): unknown;
}

export const LOG_FORMATS = ['text', 'json'] as const;
/** Each writes what the ones before it write as well. */
export const LOG_LEVELS = ['error', 'info', 'debug'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const LONGEST_LINE = 2000;

export interface TextLogOptions {
  /** Default `info`. */
  readonly level?: LogLevel;
  /** Texts that are never written: `[redacted]` stands in their place. Default: none. */
  readonly secrets?: readonly string[];
}

/** A log with one line per entry. Text from outside can neither break the line nor control a terminal. */
export function createLog(out: LogStream, err: LogStream, { level = 'info', secrets = [] }: TextLogOptions = {}): Log {
  const written = LOG_LEVELS.indexOf(level);
  const line = (text: string) => oneLine(redacted(text, secrets));
  return {
    info: (message) => {
      if (written >= LOG_LEVELS.indexOf('info')) out.write(`${line(message)}\n`);
    },
    error: (message, cause) => {
      const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
      err.write(`powerrag: ${line(message + reason)}\n`);
    },
    ...(level === 'debug' && {
      debug: (message, fields = {}) => {
        const parts = Object.entries(fields).map(([name, value]) => ` ${name}=${value}`);
        out.write(`${line(message + parts.join(''))}\n`);
      },
    }),
  };
}

/** Shorter texts would be found in words that are not secret. */
const SHORTEST_SECRET = 4;

export function redacted(text: string, secrets: readonly string[]): string {
  return secrets.reduce(
    (rest, secret) => (secret.length < SHORTEST_SECRET ? rest : rest.replaceAll(secret, '[redacted]')),
    text,
  );
}

/** Control and line-separating characters as `\u` escapes, cut at 2,000 characters. */
function oneLine(text: string): string {
  const escaped = text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (char) => {
    return `\\u${(char.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
  });
  return escaped.length <= LONGEST_LINE ? escaped : `${escaped.slice(0, LONGEST_LINE)}…`;
}
