import { counted } from './base/counted.js';
import type { Unreachable } from './sender/reachability.js';

/** How an exporter ended with its process. */
export interface End {
  readonly dropped: number;
  /** Spans left in the spool. */
  readonly spooled: number;
  /** Most milliseconds that the end of the process was delayed to send the spans; undefined if it could not be delayed. */
  readonly waitedMs: number | undefined;
  /** Set if the server could not be reached during the delay. */
  readonly unreachable: Unreachable | undefined;
}

/** The log line about the spans that were pending when the process ended; undefined if there is nothing to say. */
export function endMessage({ dropped, spooled, unreachable, waitedMs }: End): string | undefined {
  if (dropped === 0) {
    if (!unreachable || spooled === 0) return undefined;
    return `${counted(spooled, 'span')} kept in the spool for the next process, because ${notReachable(unreachable)}`;
  }
  const advice =
    waitedMs === undefined
      ? 'Await forceFlush() before process.exit(), or set spoolDirectory to keep'
      : 'Set spoolDirectory to keep';
  return `${counted(dropped, 'span')} dropped because the process ended${cause(waitedMs, unreachable)} ${advice} them for the next process.`;
}

function cause(waitedMs: number | undefined, unreachable: Unreachable | undefined): string {
  if (unreachable) return ` and ${notReachable(unreachable)}`;
  if (waitedMs === undefined) return '.';
  return `. The server did not accept them within ${waitedMs / 1_000} s: is it running?`;
}

function notReachable({ message, server }: Unreachable): string {
  return `the server at ${server} was not reachable: ${message}${/[.?]$/.test(message) ? '' : '.'}`;
}
