/**
 * The tables. Only maxima and unions are kept by accumulation; every sum is computed from deduplicated rows and replaced whole, so
 * that a row that is there twice, or comes late, counts once. No key holds anything that a later version of the row can change.
 *
 * - `observations`: of each observation the version of the highest rank (see rank.ts), with the recipes of its texts.
 * - `statements`: everything that observations said of their traces, each statement once. A set that only grows.
 * - `traces`: computed from both. The highest `version` is the one that was computed from the most.
 * - `session_traces`: for each session id that a trace ever had one row; `is_alive` only under the current one.
 * - `trace_digests`: what follows from the words of a trace, made some time after it was stored: the names of its session, and
 *   what search finds.
 * - `sessions`: computed from `session_traces` and `trace_digests`.
 * - `session_activity`: the minutes in which sessions were active, by which a page of the latest ones is found.
 * - `annotation_places`: what annotations are on, or were: to find those of a trace or session. A set that only grows.
 * - `contents`: long texts, each once.
 * - `revisions`: for each session, and for each trace in a session, the number of its last change.
 * - `writes`: batches that were begun, and whether the rows that are computed from them were written.
 * - `tombstones`: what was deleted. A set that only grows: what is in it does not come back.
 * - `purges`: deleted traces whose rows below the tombstone have to be removed, and whether they are.
 * - `unreferenced`: contents that were part of deleted traces, to be removed unless another trace has them.
 * - `unreferenced_media`: media that deleted traces named, to be removed unless another text names them.
 * - `client_reports`: the latest report of each client.
 * - `migrations`: how far the databases are that are moved into this one.
 */
export interface Table {
  readonly name: string;
  /** Name and type. */
  readonly columns: readonly (readonly [string, string])[];
  readonly key: readonly string[];
  /** The column whose highest value stands; null where rows of one key are merged by the types of the columns. */
  readonly version: string | null;
  /** What decides on which shard of a cluster a row is: rows of one key are on one shard. */
  readonly shardBy: string;
  /** Rows that are read together, at least: few where single rows are read by their keys. Default 8,192. */
  readonly granularity?: number;
  /** As they stand in `CREATE TABLE`, after `INDEX`: name first. */
  readonly indexes?: readonly string[];
  /** Columns in whose order rows can be found as well as by the key, each by a projection with the project before and the id after it. */
  readonly orderedBy?: readonly string[];
  /** When rows are deleted. Default: never. */
  readonly ttl?: string;
}

const TEXT = 'String CODEC(ZSTD(3))';

export const TABLES: readonly Table[] = [
  {
    name: 'observations',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['observation_id', 'String'],
      ['rank', 'UInt256'],
      ['facts', TEXT],
      ['input', TEXT],
      ['output', TEXT],
      ['metadata', TEXT],
      ['events', TEXT],
    ],
    key: ['project_id', 'trace_id', 'observation_id'],
    version: 'rank',
    shardBy: 'trace_id',
    granularity: 1024,
    // For an observation whose trace is not named.
    indexes: ['observation_index observation_id TYPE bloom_filter(0.01) GRANULARITY 1'],
  },
  {
    name: 'statements',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['hash', 'String'],
      ['said', TEXT],
      ['input', TEXT],
      ['output', TEXT],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'trace_id', 'hash'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 1024,
  },
  {
    name: 'traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['session_id', 'String'],
      ['user_id', 'String'],
      ['name', 'String'],
      ['release', 'String'],
      ['trace_version', 'String'],
      ['environment', 'String'],
      ['tags', 'Array(String)'],
      ['start_ms', 'Float64'],
      ['end_ms', "Float64 DEFAULT JSONExtractFloat(shown, 'endMs')"],
      // 0 for a trace that was deleted.
      ['is_alive', 'UInt8 DEFAULT 1'],
      ['shown', TEXT],
      ['input', TEXT],
      ['output', TEXT],
    ],
    key: ['project_id', 'trace_id'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 256,
    orderedBy: ['start_ms'],
  },
  {
    name: 'session_traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['session_id', 'String'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['is_alive', 'UInt8'],
      ['summary', TEXT],
    ],
    key: ['project_id', 'session_id', 'trace_id'],
    version: 'version',
    shardBy: 'session_id',
    granularity: 256,
  },
  {
    name: 'trace_digests',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['version', 'UInt256'],
      ['digest', TEXT],
      // What search finds, as JSON, and its words as `searchText` writes them.
      ['entries', TEXT],
      ['words', TEXT],
    ],
    key: ['project_id', 'trace_id'],
    version: 'version',
    shardBy: 'trace_id',
    granularity: 256,
    // Three characters and not words: a query may ask for a part of a word, and for words that follow each other.
    indexes: ['words_index words TYPE text(tokenizer = ngrams(3))'],
  },
  {
    name: 'sessions',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['session_id', 'String'],
      ['version', 'UInt256'],
      ['is_alive', 'UInt8'],
      ['start_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['duration_ms', 'Float64'],
      ['cost_nano', 'Float64'],
      ['has_cost', 'UInt8'],
      ['tokens', 'Float64'],
      ['turns', 'Float64'],
      ['errors', 'Float64'],
      // Everything that the session is found by, as `textKey` writes it.
      ['texts', 'Array(String)'],
      ['shown', TEXT],
    ],
    key: ['project_id', 'session_id'],
    version: 'version',
    shardBy: 'session_id',
    // A page of a list reads sessions that were active at the same time, which are apart by their ids.
    granularity: 64,
    indexes: ['texts_index texts TYPE bloom_filter(0.001) GRANULARITY 1'],
    orderedBy: ['start_ms', 'duration_ms', 'cost_nano', 'tokens', 'turns', 'errors'],
  },
  {
    name: 'session_activity',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['minute', 'Int64'],
      ['session_id', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'minute', 'session_id'],
    version: 'version',
    shardBy: 'session_id',
    granularity: 256,
  },
  {
    name: 'contents',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['hash', 'String'],
      ['text', TEXT],
      ['last_written', 'DateTime'],
    ],
    key: ['project_id', 'hash'],
    version: 'last_written',
    shardBy: 'hash',
  },
  {
    name: 'pieces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['kind', 'LowCardinality(String)'],
      ['source_id', 'String'],
      ['piece_key', 'String'],
      ['trace_id', 'String'],
      ['first_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['piece', TEXT],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'kind', 'source_id', 'piece_key'],
    version: 'version',
    shardBy: 'source_id',
  },
  {
    name: 'pieces_of_traces',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['kind', 'LowCardinality(String)'],
      ['source_id', 'String'],
      ['piece_key', 'String'],
      ['first_ms', 'Float64'],
      ['last_ms', 'Float64'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'trace_id', 'kind', 'source_id', 'piece_key'],
    version: 'version',
    shardBy: 'trace_id',
  },
  {
    name: 'log_events',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['trace_id', 'String'],
      ['observation_id', 'String'],
      ['event_key', 'String'],
      ['first', 'SimpleAggregateFunction(min, Tuple(Float64, String))'],
    ],
    key: ['project_id', 'trace_id', 'observation_id', 'event_key'],
    version: null,
    shardBy: 'trace_id',
  },
  {
    name: 'annotations',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['kind', 'LowCardinality(String)'],
      ['annotation_id', 'String'],
      ['latest', 'SimpleAggregateFunction(max, Tuple(Float64, String))'],
    ],
    key: ['project_id', 'kind', 'annotation_id'],
    version: null,
    shardBy: 'annotation_id',
    granularity: 128,
  },
  {
    name: 'annotation_places',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['place', 'LowCardinality(String)'],
      ['place_id', 'String'],
      ['kind', 'LowCardinality(String)'],
      ['annotation_id', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'place', 'place_id', 'kind', 'annotation_id'],
    version: 'version',
    shardBy: 'annotation_id',
    granularity: 128,
  },
  {
    name: 'media',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['media_id', 'String'],
      ['content_type', 'String'],
      ['base64', 'String CODEC(ZSTD(1))'],
      // Of two that are there the one that came first stands.
      ['priority', 'UInt64'],
    ],
    key: ['project_id', 'media_id'],
    version: 'priority',
    shardBy: 'media_id',
  },
  {
    name: 'revisions',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      // Empty for a trace without a session.
      ['session_id', 'String'],
      // Empty for the session itself.
      ['trace_id', 'String'],
      ['revision', 'SimpleAggregateFunction(max, UInt64)'],
    ],
    key: ['project_id', 'session_id', 'trace_id'],
    version: null,
    shardBy: 'session_id',
    granularity: 128,
  },
  {
    name: 'tombstones',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['kind', 'LowCardinality(String)'],
      ['id', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'kind', 'id'],
    version: 'version',
    shardBy: 'id',
    granularity: 1024,
  },
  {
    name: 'purges',
    columns: [
      ['minute', 'UInt32'],
      ['project_id', 'LowCardinality(String)'],
      ['purge_id', 'String'],
      ['trace_ids', 'Array(String)'],
      ['session_ids', 'Array(String)'],
      ['source_ids', 'Array(String)'],
      ['is_done', 'UInt8'],
      ['marked', 'DateTime DEFAULT now()'],
    ],
    key: ['minute', 'project_id', 'purge_id'],
    version: 'is_done',
    shardBy: 'purge_id',
    ttl: 'marked + INTERVAL 1 DAY DELETE WHERE is_done = 1',
  },
  {
    name: 'unreferenced',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['hash', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'hash'],
    version: 'version',
    shardBy: 'hash',
  },
  {
    name: 'unreferenced_media',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['media_id', 'String'],
      ['version', 'UInt8'],
    ],
    key: ['project_id', 'media_id'],
    version: 'version',
    shardBy: 'media_id',
  },
  {
    name: 'migrations',
    columns: [
      ['source', 'String'],
      ['position', TEXT],
      // Positions that were remembered before.
      ['version', 'UInt64'],
    ],
    key: ['source'],
    version: 'version',
    shardBy: 'source',
  },
  {
    name: 'client_reports',
    columns: [
      ['project_id', 'LowCardinality(String)'],
      ['client_id', 'String'],
      // Spans that were dropped, when the report came, and the report: the totals of a client only grow.
      ['latest', 'SimpleAggregateFunction(max, Tuple(Float64, Float64, String))'],
      ['first_seen_ms', 'SimpleAggregateFunction(min, Float64)'],
      ['last_seen_ms', 'SimpleAggregateFunction(max, Float64)'],
      ['day', 'SimpleAggregateFunction(max, Date)'],
    ],
    key: ['project_id', 'client_id'],
    version: null,
    shardBy: 'client_id',
    ttl: 'day + INTERVAL 30 DAY',
  },
  {
    name: 'writes',
    columns: [
      // When the writer began, by its clock: an unfinished write is found without reading those of the whole day.
      ['minute', 'UInt32'],
      ['project_id', 'LowCardinality(String)'],
      ['write_id', 'String'],
      ['trace_ids', 'Array(String)'],
      ['is_done', 'UInt8'],
      ['marked', 'DateTime DEFAULT now()'],
    ],
    key: ['minute', 'project_id', 'write_id'],
    version: 'is_done',
    shardBy: 'write_id',
    ttl: 'marked + INTERVAL 1 DAY DELETE WHERE is_done = 1',
  },
];
