/** Faults of the server that tests hold without a figure worth measuring. Paths are relative to the project. */
interface HeldFault {
  readonly fault: string;
  readonly expected: string;
  readonly tests: readonly string[];
}

const STORE = 'packages/server/src/store';

export const HELD_FAULTS: readonly HeldFault[] = [
  {
    fault: 'the disk is full, or a write fails, and later it works again',
    expected: '503 with Retry-After and nothing acknowledged; reads go on; it stores again without a restart',
    tests: [`${STORE}/sqlite/sqlite.test.ts`],
  },
  {
    fault: 'the database file or its lock is deleted, moved, replaced, overwritten or cut while the server runs',
    expected: 'nothing is acknowledged that is gone after a restart; the log says what happened',
    tests: ['tests/faults/database-file.test.ts', `${STORE}/sqlite/ownership.test.ts`],
  },
  {
    fault: 'two servers on one file, over a link or after its lock was deleted',
    expected: 'one of them stores, the other refuses',
    tests: ['tests/faults/database-file.test.ts', `${STORE}/sqlite/ownership.test.ts`],
  },
  {
    fault: 'a foreign, damaged, empty or newer file at the start',
    expected: 'refused with what to do; never a new database without a word',
    tests: [
      'tests/interop/server-command.test.ts',
      `${STORE}/sqlite/ownership.test.ts`,
      `${STORE}/sqlite/open.test.ts`,
    ],
  },
  {
    fault: 'a thread that stores or reads dies',
    expected: 'replaced; its requests are refused, none hangs; what was acknowledged stays',
    tests: ['packages/server/src/threads/death.test.ts'],
  },
  {
    fault: 'the same batch many times, in any order, grouping and mix of versions',
    expected: 'the same rows and totals',
    tests: [`${STORE}/sqlite/sqlite.test.ts`, `${STORE}/memory.test.ts`, 'tests/clickhouse/contract.test.ts'],
  },
  {
    fault: 'totals, times and numbers beyond what can be stored or shown',
    expected: 'bounded; no route answers 500; a batch that can never be stored is a partial success',
    tests: ['packages/server/src/ingest/extremes.test.ts'],
  },
  {
    fault: 'foreign pages in the browser: other Host names, cross-site requests, forms',
    expected: 'refused',
    tests: ['packages/server/src/http/origin.test.ts', 'tests/interop/server-command.test.ts'],
  },
  {
    fault: 'texts in a trace that try to run, load or lead astray, on the page and in the exported file',
    expected: 'nothing runs; no request to another host',
    tests: ['tests/e2e/hostile-texts.test.ts', 'tests/e2e/share.test.ts'],
  },
  {
    fault: 'the ClickHouse engine is down, slow, read-only, full, or killed in the middle of an insert',
    expected: '503 with Retry-After; nothing acknowledged that is gone; it stores again without a restart',
    tests: ['tests/clickhouse/failures.test.ts', 'tests/clickhouse/kills.test.ts'],
  },
];
