import type { Log } from '../log.js';
import type { QueuedSpan } from '../queue.js';
import type { Stats } from '../stats.js';
import type { SpoolRecord } from './format.js';
import { Spool } from './spool.js';

const SPANS_IN_RECORD = 512;

/** The spool in that directory; undefined where none is wanted, or it cannot be used, which is then said. */
export function openSpool(directory: string | undefined, log: Log): Spool | undefined {
  if (directory === undefined) return undefined;
  try {
    return new Spool(directory);
  } catch (error) {
    log.warn(`spoolDirectory cannot be used, so nothing is kept on disk: ${String(error)}`);
    return undefined;
  }
}

/** Writes spans to the spool. False when there is none, or it cannot take them. */
export function spill(
  spans: readonly QueuedSpan[],
  spool: Spool | undefined,
  encode: (spans: readonly QueuedSpan[]) => Buffer,
  stats: Stats,
  log: Log,
): boolean {
  if (!spool || spans.length === 0) return false;
  try {
    const records: SpoolRecord[] = [];
    for (let at = 0; at < spans.length; at += SPANS_IN_RECORD) {
      const part = spans.slice(at, at + SPANS_IN_RECORD);
      records.push({ body: encode(part), spans: part.length });
    }
    if (!spool.write(records)) {
      log.last('the spool is full.');
      return false;
    }
  } catch (error) {
    log.last(`the spool cannot be written: ${String(error)}`);
    return false;
  }
  stats.spooled += spans.length;
  return true;
}
