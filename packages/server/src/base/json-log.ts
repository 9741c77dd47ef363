import { pino } from 'pino';
import { type Log, type LogStream, redacted, type TextLogOptions } from './log.js';

/**
 * A log of JSON, one object a line: `level` (`error`, `info`, `debug`), `time` (ISO 8601), `name`, `msg`, and with an error `err`
 * (`type`, `message`, `stack`). It is written synchronously, so that no line is missing when the process ends.
 */
export function createJsonLog(out: LogStream, { level = 'info', secrets = [] }: TextLogOptions = {}): Log {
  // JSON escapes some characters of a secret.
  const hidden = [...secrets, ...secrets.map((secret) => JSON.stringify(secret).slice(1, -1))];
  const logger = pino(
    {
      ...{ name: 'powerrag', level, base: { name: 'powerrag' }, timestamp: pino.stdTimeFunctions.isoTime },
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void out.write(redacted(line, hidden)) },
  );
  return {
    info: (message) => logger.info(message),
    error: (message, cause) => {
      if (cause === undefined) logger.error(message);
      else logger.error({ err: cause instanceof Error ? cause : new Error(String(cause)) }, message);
    },
    ...(level === 'debug' && { debug: (message, fields = {}) => logger.debug(fields, message) }),
  };
}
