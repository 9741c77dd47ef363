/** A test by its file, relative to the project, and a part of its name or of its group's. */
type NamedTest = readonly [path: string, name: string];

/** What somebody did to break the server, which once did. */
interface TriedFault {
  readonly fault: string;
  readonly expected: string;
  readonly tests: readonly NamedTest[];
}

const SERVER = 'packages/server/src';
const STORE = `${SERVER}/store`;
const SQLITE = `${STORE}/sqlite`;
const FILE = 'tests/faults/database-file.test.ts';
const COMMAND = 'tests/interop/server-command.test.ts';
const CRASH = 'tests/faults/server-crash.test.ts';

/** Each stands for its kind. */
export const TRIED_FAULTS: readonly TriedFault[] = [
  {
    fault: 'a span with 10,000 token counts of 1e12, and thousands of calls whose cost was sent in the wrong unit',
    expected: 'totals stop at what JavaScript counts exactly, on both drivers; lists and later batches are answered',
    tests: [
      [`${SERVER}/ingest/extremes.test.ts`, 'a session with costs in millionths, and one with huge token counts'],
      [`${STORE}/contract.suite.ts`, 'still stores and lists a session whose totals exceed the bound'],
      [`${STORE}/contract.suite.ts`, 'recovers from a total that was too large when its observation is replaced'],
    ],
  },
  {
    fault: 'a file of an older server with such totals, capped costs and invalid times',
    expected: 'repaired at the next start',
    tests: [
      [`${SQLITE}/sqlite.test.ts`, 'repairs a file with totals that Node cannot read, capped costs and invalid times'],
    ],
  },
  {
    fault: 'a batch with a span that can never be stored',
    expected: 'a partial success that names it, not a 503 that its sender repeats until it drops what waits behind',
    tests: [[`${SERVER}/ingest/http.test.ts`, 'rejects spans that can never be stored and stores the others']],
  },
  {
    fault: '7.7 kB of gzip that inflate to a span with 3.9 million empty events',
    expected: 'the first events are kept, and the others are skipped without being read',
    tests: [
      [`${SERVER}/otlp/decode.test.ts`, 'skips events beyond the limit without counting them as read'],
      [`${SERVER}/ingest/http.test.ts`, 'stops inflating a compression bomb at the limit'],
    ],
  },
  {
    fault: 'one request with 50,000 spans, or with 50,000 traces of one session',
    expected: 'stored whole, in slices between which others are served; a session costs no more the larger it is',
    tests: [
      [
        `${SERVER}/threads/threads.test.ts`,
        'stores a batch of many traces of one session whole, and answers others meanwhile',
      ],
      [`${SERVER}/ingest/slices.test.ts`, 'have the whole batch in order, a few hundred items each'],
      [`${SQLITE}/lists.test.ts`, 'reads no more of a session with many traces than of one with few'],
    ],
  },
  {
    fault: 'spans with very many attributes, indexed messages, metadata keys, tags or names of token counts',
    expected: 'the first ones are kept, the rest is counted and named in a warning',
    tests: [
      [`${SERVER}/otlp/decode.test.ts`, 'keeps the first of too many attributes'],
      [`${SERVER}/normalise/index.test.ts`, 'puts together a list of thousands of messages'],
      [`${SERVER}/normalise/index.test.ts`, 'reads the start of a list of tags that has no end'],
      [`${SERVER}/ingest/bound-observation.test.ts`, 'keeps the first 1,000 keys of metadata'],
      [`${SERVER}/ingest/bound-observation.test.ts`, 'keeps 100 names of token counts'],
      [`${STORE}/trace-attributes.suite.ts`, 'keeps a bounded number of tags and metadata keys of a trace'],
    ],
  },
  {
    fault: 'one text of 63 MB',
    expected: 'cut, with a mark and a warning',
    tests: [[`${SERVER}/otlp/decode.test.ts`, 'cuts and marks any text that is too long']],
  },
  {
    fault: 'many bodies at once that become far larger than they are',
    expected: 'the memory that they may take is counted by what they become; 503 with Retry-After beyond it',
    tests: [
      [`${SERVER}/ingest/http.test.ts`, 'counts the inflated size of a body against the shared memory budget'],
      [`${SERVER}/ingest/http.test.ts`, 'answers 503 when the bodies in progress fill the memory budget, and recovers'],
    ],
  },
  {
    fault: '160 senders that give up after 10 s; 40 connections with 3.7 MB each',
    expected: 'as much is acknowledged as with a few senders; 200 and 503 with Retry-After are the only answers',
    tests: [
      [`${SERVER}/ingest/queue.test.ts`, 'acknowledges as much under overload as at its capacity'],
      [`${SERVER}/ingest/queue.test.ts`, 'does not take the body of a client that has disconnected'],
      ['tests/faults/server-overload.test.ts', 'answers each request with 200, or with 503 and when to come back'],
      ['tests/faults/server-overload.test.ts', 'goes on answering when senders leave before their answer'],
    ],
  },
  {
    fault: 'the database file deleted, moved, replaced or overwritten while the server runs',
    expected: 'it stops acknowledging and says why; what was acknowledged is there after the next start',
    tests: [
      [FILE, 'a database file that disappears while the server takes traces in'],
      [`${SQLITE}/ownership.test.ts`, 'was replaced by a backup while it ran'],
      [`${SQLITE}/ownership.test.ts`, 'does not mistake a checkpoint, backup, VACUUM or reader for a problem'],
    ],
  },
  {
    fault: 'two servers on one file, after its lock was deleted or over a link',
    expected: 'one of them stores, the other refuses',
    tests: [
      [FILE, 'on the same file, after the lock was deleted, is the only one that acknowledges'],
      [FILE, 'does not start over a hard link to the file'],
      [`${SQLITE}/ownership.test.ts`, 'are refused over a symbolic link'],
    ],
  },
  {
    fault: 'another program holds a write transaction open',
    expected: 'reads go on; a batch waits shortly and is then refused with 503',
    tests: [[`${SQLITE}/when-free.test.ts`, 'delays a batch until it ends, and no reads']],
  },
  {
    fault: '100 pipelined replays that nobody reads; answers of 300 MB; clients that leave while they wait',
    expected: 'answers are bounded and sent in parts; a read ends with its client, or after its time',
    tests: [
      [`${SERVER}/threads/threads.test.ts`, 'goes on for others when a client reads none of the many answers'],
      [`${SERVER}/threads/death.test.ts`, 'does no more for a client that has left'],
      [`${SERVER}/threads/death.test.ts`, 'answers 503 when an answer takes too long, and goes on'],
      [`${SERVER}/read/langfuse/langfuse.test.ts`, 'stays within a bound however often a long history repeats'],
    ],
  },
  {
    fault: 'an id of 100 kB',
    expected: 'cut, and the same in every span that has it; a cursor fits a URL',
    tests: [
      [`${SERVER}/ingest/extremes.test.ts`, 'pages through sessions with ids of any length, equal ids as one session'],
      [`${STORE}/session-lists.suite.ts`, 'pages past a long session id of an older file'],
    ],
  },
  {
    fault: 'a trace of a session of 20,000 moves to another, or gets other labels',
    expected: 'as many rows are read as in a small session',
    tests: [[`${SQLITE}/lists.test.ts`, 'reads no more of a session with many traces than of one with few']],
  },
  {
    fault: 'old traces are deleted, by the thousand, while others are stored and read',
    expected: 'in slices that leave four fifths of the thread to who stores and reads',
    tests: [[`${SQLITE}/retention-share.test.ts`, 'the share of the time that deletions take']],
  },
  {
    fault: 'SIGTERM while a connection has sent nothing',
    expected: 'it ends within what a container gets',
    tests: [[COMMAND, 'exits with code 0 while connections have sent nothing, or half a request']],
  },
  {
    fault: 'keys are set, and no host',
    expected: 'the keys are asked for',
    tests: [
      [`${SERVER}/commands/config.test.ts`, 'requires keys that are set even if no host is given'],
      [COMMAND, 'answers only clients with the right keys'],
    ],
  },
  {
    fault: 'sessions called `.`, `..` or anything else that an address can hold',
    expected: 'shown and followed like any other',
    tests: [[`${SERVER}/read/session-id.test.ts`, 'is replayed and followed at the addresses that the page uses']],
  },
  {
    fault: 'a database file of no bytes; one that lacks a table',
    expected: 'a line in the log, or a refusal that says what to do; no stack trace',
    tests: [
      [`${SQLITE}/ownership.test.ts`, 'refuses an empty file that was a database'],
      [`${SQLITE}/ownership.test.ts`, 'logs that an empty file becomes a new database'],
      [`${SQLITE}/ownership.test.ts`, 'says that the table %s is missing'],
    ],
  },
  {
    fault: 'another program reads without end',
    expected: 'the write-ahead log is bounded: batches are refused until it ends',
    tests: [[`${SQLITE}/log-limit.test.ts`, 'stops the log from growing without end']],
  },
  {
    fault: '40 forms of Host, valid and not',
    expected: '200, 400 or 403, never 500',
    tests: [[`${SERVER}/http/origin.test.ts`, 'the Host of a request']],
  },
  {
    fault: '`null` or anything else that is no span, among spans',
    expected: 'it alone is refused',
    tests: [[`${SERVER}/otlp/decode.test.ts`, 'rejects only what is not a span at all']],
  },
  {
    fault: '500 pages that follow one session; pages that read nothing; HEAD requests to the event stream',
    expected: 'they cost one reading of what changed; the slow ones are told and ended; HEAD follows nothing',
    tests: [
      [`${SERVER}/live/feed.test.ts`, 'cost one reading of what changed, and get the same bytes'],
      [`${SERVER}/live/feed.test.ts`, 'is told that it is behind, and ended'],
      [`${SERVER}/live/change-stream.test.ts`, 'does not grow with HEAD requests'],
    ],
  },
  {
    fault: 'costs above $1,000; a first token after 1e300 or 9e15 ms',
    expected: 'counted in full; bounded where they are read; no route answers 500',
    tests: [
      [`${STORE}/contract.suite.ts`, 'counts a cost of any size in full'],
      [`${SERVER}/ingest/extremes.test.ts`, 'accepts and shows every number and time that a span may have'],
    ],
  },
  {
    fault: '998 tags or environments in a query',
    expected: '400 that names the limit; no more statements are kept than a bound, however many values queries have',
    tests: [
      [`${SERVER}/read/langfuse/langfuse.test.ts`, 'names the limit to a query with too many %s'],
      [`${SQLITE}/lists.test.ts`, 'are kept while they are used, and a bounded number of them'],
    ],
  },
  {
    fault: 'a page of another site makes a browser ask this machine',
    expected: 'refused before anything is read',
    tests: [[`${SERVER}/http/origin.test.ts`, 'a request that a page of another site triggers in a browser']],
  },
  {
    fault: 'a damaged database file',
    expected: 'refused at the start up to 128 MiB; a larger one is checked by `powerrag doctor`, as the log says',
    tests: [
      [`${SQLITE}/open.test.ts`, 'refuses a damaged database'],
      [`${SQLITE}/open.test.ts`, 'says of one that is too large to be checked for damage what checks it'],
      [`${SERVER}/commands/doctor.test.ts`, 'names the table that is damaged'],
    ],
  },
  {
    fault: 'kills at random moments, with late session ids, replaced spans and deliveries that are repeated',
    expected: 'no acknowledged span is missing or stored twice, and totals equal a recount',
    tests: [
      [CRASH, 'kills at random moments, whole and once'],
      [CRASH, 'has all of every acknowledged batch that is stored in slices'],
      ['tests/faults/deletion-kill.test.ts', 'has a session whole or not at all'],
    ],
  },
  {
    fault: 'random forests of calls within calls, in any order, grouping and number of deliveries',
    expected: 'every total equals a recount',
    tests: [
      [`${STORE}/spend.suite.ts`, 'counts the same for trees of any depth, in any order, grouping and repetition'],
      [`${STORE}/contract.suite.ts`, 'reads the same for any order, grouping and number of deliveries'],
    ],
  },
  {
    fault: 'damaged bodies, in protobuf and JSON',
    expected: '200 or 400, and the server goes on',
    tests: [
      [`${SERVER}/otlp/decode.test.ts`, 'is refused or read when any byte is changed'],
      [`${SERVER}/otlp/decode-json.test.ts`, 'is refused or read when any value is replaced'],
    ],
  },
  {
    fault: 'wrong keys, in every form',
    expected: '401 on every path',
    tests: [[`${SERVER}/http/app.test.ts`, 'answers 401 to %s']],
  },
];
