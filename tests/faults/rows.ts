/** What is expected of the exporter for each fault. Figures and tests are found by the id. */
interface Row {
  readonly fault: string;
  readonly expected: string;
}

export const ROWS = {
  E01: { fault: 'none: a healthy server', expected: 'every span stored, once' },
  E02: { fault: 'the server is down for half a minute', expected: 'every span stored, from memory only' },
  E03: { fault: 'the server is down for two minutes', expected: 'every span stored, from memory only' },
  E04: {
    fault: 'the server is down for 15 minutes, with a spool',
    expected: 'every span stored, memory bounded',
  },
  E05: { fault: 'the server never runs, and the queue is full', expected: 'each drop counted, memory bounded' },
  E06: { fault: 'the program ends without shutdown()', expected: 'every span stored, exit code unchanged' },
  E07: { fault: 'process.exit() right after the last span', expected: 'every span stored by the next process' },
  E08: { fault: 'SIGTERM or SIGINT, without a handler', expected: 'every span stored, ended by that signal' },
  E09: { fault: 'SIGTERM, handled by the application', expected: 'the application decides' },
  E10: { fault: 'SIGINT twice, while the server hangs', expected: 'the second one ends it immediately' },
  E11: { fault: 'SIGKILL, then a restart', expected: 'what the spool promises, stored' },
  E12: { fault: 'SIGKILL while the spool is rotated or replayed', expected: 'no bad start, nothing skipped' },
  E13: { fault: 'a spool file cut off at any byte', expected: 'what comes before the cut is sent' },
  E14: { fault: 'a flipped bit in a spool file', expected: 'all other records are sent, the damage counted' },
  E15: { fault: 'the disk of the spool is full', expected: 'memory takes over, the application sees nothing' },
  E16: { fault: 'fsync fails', expected: 'that file is never written to again' },
  E17: { fault: 'the spool directory is read-only, foreign or a link', expected: 'refused or not used, logged once' },
  E18: { fault: 'several processes with one spool directory', expected: 'each file sent by one of them' },
  E19: { fault: 'an uncaught exception', expected: 'exit unchanged; spans sent by the next process' },
  E20: { fault: 'out of memory', expected: 'what the spool promises, stored' },
  E21: { fault: 'a burst: all spans end in one tick', expected: 'every span stored' },
  E22: { fault: 'spans with 5 MB of text', expected: 'cut, marked and counted; no request too large' },
  E23: { fault: '429 with Retry-After in seconds', expected: 'every span stored, no request in the pause' },
  E24: { fault: 'Retry-After in every form, and garbage', expected: 'a wait between 0 and five minutes' },
  E25: { fault: '503 for a while', expected: 'every span stored; many clients do not return together' },
  E26: { fault: '400, 401, 403, 404, 413, 500', expected: 'no retry where none is allowed; each drop counted' },
  E27: { fault: '200, but 3 spans rejected; JSON and protobuf', expected: 'counted, logged once, not sent again' },
  E28: { fault: 'the server takes requests and never answers', expected: 'shutdown() returns in time, drops counted' },
  E29: { fault: 'an answer that drips, breaks off, never ends, or inflates', expected: 'bounded; every span stored' },
  E30: {
    fault: 'connections reset before or after the server has stored',
    expected: 'every span stored, no row twice',
  },
  E31: {
    fault: 'the server closes connections that it considers idle',
    expected: 'nothing dropped, no error reported',
  },
  E32: { fault: 'forceFlush() while a batch is refused for a second', expected: 'it waits for the outcome' },
  E33: {
    fault: 'a hundred forceFlush() at once, shutdown() twice, spans after it',
    expected: 'one report; late spans are counted',
  },
  E34: {
    fault: 'an unknown host; a name with a new address; no route; no file descriptor left',
    expected: 'kept and retried; no descriptor leaks',
  },
  E35: { fault: 'bad certificates; a key over plain http', expected: 'no key is ever sent in clear text' },
  E36: { fault: 'a redirect to another host', expected: 'not followed' },
  E37: { fault: 'hostile values in spans', expected: 'never throws, valid on the wire' },
  E38: { fault: 'callbacks of the application throw or never return', expected: 'isolated; nothing sent unmasked' },
  E39: { fault: 'missing async context', expected: 'the right parent, or a root' },
  E40: { fault: 'a worker thread is terminated', expected: 'its spans are sent or counted' },
  E41: { fault: 'the process is frozen; the clock steps', expected: 'no batch dropped, no negative duration' },
  E42: {
    fault: 'the server flaps, and 1 % of packets reset the connection',
    expected: 'every span stored, no row twice',
  },
  E43: { fault: 'a long run with 10 % failing requests', expected: 'the heap does not grow' },
  E44: { fault: 'the exporter posts to an instrumented server of its own process', expected: 'no spans of its own' },
  E45: { fault: 'secrets in every place a span has', expected: 'none on the wire, on disk or in logs' },
} as const satisfies Record<string, Row>;

export type RowId = keyof typeof ROWS;

export function isRowId(text: string): text is RowId {
  return Object.hasOwn(ROWS, text);
}

/** A row as a test name. */
export function sentence(id: RowId): string {
  return `${id}: ${ROWS[id].fault}; ${ROWS[id].expected}`;
}
