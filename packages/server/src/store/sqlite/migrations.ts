import { DELETION_TABLES } from './deletion-tables.js';
import type { Database } from './driver.js';
import { healNumbers } from './heal-numbers.js';
import { indexTexts } from './index-texts.js';
import {
  ANNOTATION_INDEXES,
  DETAIL_OF_CALLS,
  REFERENCES_OF_DIGESTS,
  RESPONSE_IDS,
  TRACE_NUMBER_INDEXES,
} from './later-indexes.js';

/**
 * Does a part of a step, and says whether that was the last. Each part is a transaction, and what is left follows from the file alone:
 * a process that ends in between loses no part that was done.
 *
 * @param progress gets a line for the operator now and then.
 */
type Step = (database: Database, progress: (line: string) => void) => boolean;

/**
 * The schema, as the steps that made it: step N takes a database from `user_version` N to N + 1. A step that has been
 * released is never changed. Each that is due runs in a transaction of its own, or in several, and those of a new file in one.
 *
 * - `sessions` and `traces` hold their totals, kept in the transaction that stores an observation, so that a list reads
 *   nothing else.
 * - `traces.said` holds `MergedTraceAttributes`; the columns beside it hold the current values, for the indexes.
 * - `texts` holds each text that traces and sessions are found by, with the number of traces and sessions that have it (see
 *   text-rows.ts); `trace_texts` and `session_texts` say which.
 * - Each index of `sessions` serves an order of the list, and a range of what it is ordered by.
 * - `gathered_usage` holds the usage of model calls below an observation (see spend-rows.ts); `traces.needs_recount` is 1 when
 *   adding is not enough. `observations.counted_elsewhere` says which calls another record of the same request is counted for.
 * - `pieces` holds what arrived of observations in parts, as it came (see pieces.ts); `observations.piece_count` decides that what is
 *   put together from more of them stands.
 * - `log_events` holds what logs say of an observation, which may not have come yet (see log-events.ts).
 * - `annotations` holds scores and comments as JSON, with what they are found by beside it.
 * - `revisions` holds the number of the last transaction; `revision` of a trace or session is that of the last that changed it.
 * - `media` holds pictures, sounds and files, each once per project by the hash of its bytes.
 * - `trace_digests` holds what follows from the words of a trace, `due_digests` the traces for which it has to be made (anew), and
 *   `session_digests` what is counted for a session (see digest-rows.ts).
 * - `search` is the full-text index, `search_words` its longer words, to find a word by a part of it (see search-index.ts).
 * - `used_keys` holds the greatest key of each table that a row was deleted under, `tombstones` what does not come back, `deletions` what
 *   is to be deleted, `purges` the deleted traces whose rows are still there, `purge_stages` what of cleaning up is due, and
 *   `sweepable_…` what may no longer be referred to (see deleter.ts and purger.ts).
 * - `contents` holds each text once per project; a body is a recipe of texts and references to them (see contents.ts).
 */
export const MIGRATIONS: readonly (string | Step)[] = [
  `
  CREATE TABLE sessions (
    session_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    session_id TEXT NOT NULL,
    trace_count INTEGER NOT NULL,
    start_ms REAL NOT NULL,
    last_ms REAL NOT NULL,
    observation_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    cost_count INTEGER NOT NULL,
    UNIQUE (project_id, session_id)
  ) STRICT;
  CREATE INDEX sessions_by_activity ON sessions (project_id, last_ms, session_id);
  CREATE INDEX sessions_by_start ON sessions (project_id, start_ms, session_id);

  -- The users, tags and environments seen on a session's traces, with the latest trace of each.
  CREATE TABLE session_values (
    session_key INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('user', 'tag', 'environment')),
    value TEXT NOT NULL,
    last_ms REAL NOT NULL,
    last_trace_id TEXT NOT NULL,
    PRIMARY KEY (session_key, kind, value)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE traces (
    trace_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    session_key INTEGER,
    name TEXT NOT NULL,
    user_id TEXT,
    environment TEXT,
    release TEXT,
    version TEXT,
    tags TEXT NOT NULL,
    said TEXT NOT NULL,
    input_at REAL,
    input_by TEXT,
    input TEXT,
    output_at REAL,
    output_by TEXT,
    output TEXT,
    first_id TEXT NOT NULL,
    first_name TEXT NOT NULL,
    root_id TEXT,
    root_name TEXT,
    root_start_ms REAL,
    start_ms REAL NOT NULL,
    end_ms REAL NOT NULL,
    observation_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    cost_count INTEGER NOT NULL,
    UNIQUE (project_id, trace_id)
  ) STRICT;
  CREATE INDEX traces_by_start ON traces (project_id, start_ms, trace_id);
  CREATE INDEX traces_by_session ON traces (session_key, start_ms, trace_id) WHERE session_key IS NOT NULL;

  CREATE TABLE observations (
    trace_key INTEGER NOT NULL,
    observation_id TEXT NOT NULL,
    weight INTEGER NOT NULL,
    parent_id TEXT,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    start_ms REAL NOT NULL,
    end_ms REAL,
    first_token_ms REAL,
    level TEXT NOT NULL,
    status_message TEXT,
    service TEXT,
    scope TEXT,
    environment TEXT,
    version TEXT,
    model TEXT,
    provider TEXT,
    model_parameters TEXT NOT NULL,
    usage TEXT NOT NULL,
    cost TEXT NOT NULL,
    prompt_name TEXT,
    prompt_version REAL,
    PRIMARY KEY (trace_key, observation_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE bodies (
    trace_key INTEGER NOT NULL,
    observation_id TEXT NOT NULL,
    input TEXT,
    output TEXT,
    metadata TEXT NOT NULL,
    events TEXT NOT NULL,
    PRIMARY KEY (trace_key, observation_id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE contents (
    content_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    -- UTF-8, as bytes: node:sqlite would cut a text at its first NUL.
    bytes BLOB NOT NULL,
    UNIQUE (project_id, hash)
  ) STRICT;
  `,
  (database) => {
    healNumbers(database);
    return true;
  },
  `
  CREATE TABLE conversations (
    project_id TEXT NOT NULL,
    conversation_id TEXT NOT NULL,
    trace_key INTEGER NOT NULL,
    PRIMARY KEY (project_id, conversation_id, trace_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE gathered_usage (
    trace_key INTEGER NOT NULL,
    observation_id TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    total_tokens INTEGER NOT NULL,
    cost_nano INTEGER NOT NULL,
    cost_count INTEGER NOT NULL,
    PRIMARY KEY (trace_key, observation_id)
  ) STRICT, WITHOUT ROWID;

  -- Traces that are there were counted by another rule.
  ALTER TABLE traces ADD COLUMN needs_recount INTEGER NOT NULL DEFAULT 1;
  `,
  `
  -- What was stored before was sent, none of it estimated.
  ALTER TABLE observations ADD COLUMN cost_estimated INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE gathered_usage ADD COLUMN estimated_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE traces ADD COLUMN estimated_count INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN estimated_count INTEGER NOT NULL DEFAULT 0;

  -- What ran within a tool was counted as a part of the call that asked for it.
  UPDATE traces SET needs_recount = 1 WHERE trace_key IN (SELECT trace_key FROM gathered_usage);
  `,
  `
  -- Of how many pieces an observation was put together; 0 for one that came whole.
  ALTER TABLE observations ADD COLUMN piece_count INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE pieces (
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('observation', 'trace')),
    source_id TEXT NOT NULL,
    piece_key TEXT NOT NULL,
    trace_id TEXT,
    first_ms REAL NOT NULL,
    last_ms REAL NOT NULL,
    piece TEXT NOT NULL,
    PRIMARY KEY (project_id, kind, source_id, piece_key)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX pieces_by_trace ON pieces (project_id, trace_id, kind, first_ms, last_ms) WHERE trace_id IS NOT NULL;
  `,
  `
  CREATE TABLE log_events (
    project_id TEXT NOT NULL,
    trace_id TEXT NOT NULL,
    observation_id TEXT NOT NULL,
    event_key TEXT NOT NULL,
    place INTEGER NOT NULL,
    name TEXT NOT NULL,
    time_ms REAL NOT NULL,
    attributes TEXT NOT NULL,
    PRIMARY KEY (project_id, trace_id, observation_id, event_key)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE annotations (
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('score', 'comment')),
    annotation_id TEXT NOT NULL,
    session_id TEXT,
    trace_id TEXT,
    observation_id TEXT,
    name TEXT NOT NULL,
    time_ms REAL NOT NULL,
    annotation TEXT NOT NULL,
    PRIMARY KEY (project_id, kind, annotation_id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX annotations_by_time ON annotations (project_id, kind, time_ms);
  CREATE INDEX annotations_by_trace ON annotations (project_id, trace_id, session_id, time_ms);
  `,
  `
  CREATE TABLE media (
    media_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    media_id TEXT NOT NULL,
    content_type TEXT NOT NULL,
    bytes BLOB NOT NULL,
    UNIQUE (project_id, media_id)
  ) STRICT;
  `,
  `
  CREATE TABLE texts (
    text_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    kind INTEGER NOT NULL,
    value TEXT NOT NULL,
    trace_count INTEGER NOT NULL,
    session_count INTEGER NOT NULL,
    UNIQUE (project_id, kind, value)
  ) STRICT;

  CREATE TABLE trace_texts (
    text_key INTEGER NOT NULL,
    trace_key INTEGER NOT NULL,
    PRIMARY KEY (text_key, trace_key)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE session_texts (
    session_key INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    text_key INTEGER NOT NULL,
    -- How many traces of the session have the text.
    trace_count INTEGER NOT NULL,
    PRIMARY KEY (session_key, kind, text_key)
  ) STRICT, WITHOUT ROWID;

  ALTER TABLE traces ADD COLUMN models TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE traces ADD COLUMN services TEXT NOT NULL DEFAULT '[]';
  CREATE INDEX traces_by_end ON traces (session_key, end_ms, trace_id, user_id, environment)
    WHERE session_key IS NOT NULL;

  ALTER TABLE sessions ADD COLUMN duration_ms REAL AS (last_ms - start_ms) VIRTUAL;
  ALTER TABLE sessions ADD COLUMN name TEXT;
  ALTER TABLE sessions ADD COLUMN last_answer TEXT;
  ALTER TABLE sessions ADD COLUMN turn_count INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX sessions_by_duration ON sessions (project_id, duration_ms, session_id);
  CREATE INDEX sessions_by_cost ON sessions (project_id, cost_nano, session_id);
  CREATE INDEX sessions_by_tokens ON sessions (project_id, total_tokens, session_id);
  CREATE INDEX sessions_by_errors ON sessions (project_id, error_count, session_id);
  CREATE INDEX sessions_by_turns ON sessions (project_id, turn_count, session_id);

  ALTER TABLE annotations ADD COLUMN value REAL;
  ALTER TABLE annotations ADD COLUMN string_value TEXT;
  -- The session that it is on, or that has its trace.
  ALTER TABLE annotations ADD COLUMN session_key INTEGER;
  UPDATE annotations SET
    value = json_extract(annotation, '$.value'),
    string_value = json_extract(annotation, '$.stringValue'),
    session_key = CASE WHEN trace_id IS NULL
      THEN (SELECT session_key FROM sessions
        WHERE sessions.project_id = annotations.project_id AND sessions.session_id = annotations.session_id)
      ELSE (SELECT session_key FROM traces
        WHERE traces.project_id = annotations.project_id AND traces.trace_id = annotations.trace_id) END;
  CREATE INDEX annotations_by_session ON annotations (session_key, kind, name, value, string_value)
    WHERE session_key IS NOT NULL;
  CREATE INDEX annotations_by_value ON annotations (project_id, kind, name, value, string_value, session_key)
    WHERE session_key IS NOT NULL;
  `,
  indexTexts,
  `
  CREATE TABLE due_digests (
    trace_key INTEGER PRIMARY KEY,
    -- Unix milliseconds; 0 where it waits until nothing else is due.
    due_ms REAL NOT NULL,
    latest_ms REAL NOT NULL
  ) STRICT;
  CREATE INDEX due_digests_by_time ON due_digests (due_ms);

  CREATE TABLE trace_digests (
    trace_key INTEGER PRIMARY KEY,
    trace_id TEXT NOT NULL,
    session_key INTEGER,
    search_key INTEGER UNIQUE,
    start_ms REAL NOT NULL,
    end_ms REAL NOT NULL,
    title TEXT,
    question TEXT,
    answer TEXT,
    turn_count INTEGER NOT NULL,
    entries BLOB NOT NULL
  ) STRICT;
  CREATE INDEX trace_digests_by_title ON trace_digests (session_key, end_ms, trace_id) WHERE title IS NOT NULL;
  CREATE INDEX trace_digests_by_question ON trace_digests (session_key, start_ms, trace_id) WHERE question IS NOT NULL;
  CREATE INDEX trace_digests_by_answer ON trace_digests (session_key, end_ms, trace_id) WHERE answer IS NOT NULL;

  CREATE TABLE session_digests (
    session_key INTEGER PRIMARY KEY,
    turn_count INTEGER NOT NULL,
    trace_count INTEGER NOT NULL,
    next_search_key INTEGER NOT NULL
  ) STRICT;

  -- A row is a trace; a point stands between two texts of a kind, so that no phrase reaches from one into the other.
  CREATE VIRTUAL TABLE search USING fts5(
    question, answer, tool, error, observation,
    content='', contentless_delete=1, tokenize="ascii tokenchars '_#+.'"
  );
  CREATE TABLE search_words (
    word_key INTEGER PRIMARY KEY,
    word TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE VIRTUAL TABLE search_word_parts USING fts5(
    word, content='search_words', content_rowid='word_key', columnsize=0, detail=none, tokenize='trigram case_sensitive 1'
  );

  -- What is there already comes after what arrives.
  INSERT INTO due_digests SELECT trace_key, 0, 0 FROM traces;
  `,
  `
  CREATE TABLE revisions (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    revision INTEGER NOT NULL
  ) STRICT;
  INSERT INTO revisions (only, revision) VALUES (1, 0);
  ALTER TABLE traces ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX traces_by_revision ON traces (session_key, revision) WHERE session_key IS NOT NULL;
  `,
  DELETION_TABLES,
  `
  CREATE INDEX traces_by_last ON traces (project_id, end_ms, trace_id, start_ms);
  `,
  `
  -- Unix milliseconds; null for what was stored before it was kept.
  ALTER TABLE media ADD COLUMN stored_ms REAL;
  `,
  TRACE_NUMBER_INDEXES,
  ANNOTATION_INDEXES,
  REFERENCES_OF_DIGESTS,
  RESPONSE_IDS,
  DETAIL_OF_CALLS,
];
