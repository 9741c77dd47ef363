/** The step of the schema that brought deletion. Released: it is never changed. */
export const DELETION_TABLES = `
  CREATE TABLE used_keys (
    name TEXT PRIMARY KEY,
    key INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER used_session_key AFTER DELETE ON sessions BEGIN
    INSERT INTO used_keys VALUES ('sessions', OLD.session_key) ON CONFLICT DO UPDATE SET key = max(key, excluded.key);
  END;
  CREATE TRIGGER used_trace_key AFTER DELETE ON traces BEGIN
    INSERT INTO used_keys VALUES ('traces', OLD.trace_key) ON CONFLICT DO UPDATE SET key = max(key, excluded.key);
  END;
  CREATE TRIGGER used_text_key AFTER DELETE ON texts BEGIN
    INSERT INTO used_keys VALUES ('texts', OLD.text_key) ON CONFLICT DO UPDATE SET key = max(key, excluded.key);
  END;
  CREATE TRIGGER used_content_key AFTER DELETE ON contents BEGIN
    INSERT INTO used_keys VALUES ('contents', OLD.content_key) ON CONFLICT DO UPDATE SET key = max(key, excluded.key);
  END;

  CREATE TABLE tombstones (
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    until_ms REAL NOT NULL,
    PRIMARY KEY (project_id, kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX tombstones_by_time ON tombstones (until_ms);

  CREATE TABLE deletions (
    deletion_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    value TEXT NOT NULL,
    -- Traces that came later stay.
    last_key INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE purges (
    trace_key INTEGER PRIMARY KEY,
    project_id TEXT NOT NULL,
    trace_id TEXT NOT NULL
  ) STRICT;
  CREATE TABLE purge_stages (stage TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
  CREATE TABLE sweepable_contents (content_key INTEGER PRIMARY KEY) STRICT;
  CREATE TABLE sweepable_media (
    project_id TEXT NOT NULL,
    media_id TEXT NOT NULL,
    PRIMARY KEY (project_id, media_id)
  ) STRICT, WITHOUT ROWID;
  CREATE VIRTUAL TABLE search_vocabulary USING fts5vocab(search, row);
`;
