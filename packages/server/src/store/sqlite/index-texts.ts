import { namesOf, textsOfTrace } from '../findable-texts.js';
import type { Database } from './driver.js';
import { KINDS, KINDS_OF_TRACES } from './text-rows.js';
import { sortedJson, type TraceAttributesJson } from './trace-rows.js';

interface Row {
  readonly trace_key: number;
  readonly project_id: string;
  readonly session_key: number | null;
  readonly name: string;
  readonly user_id: string | null;
  readonly environment: string | null;
  readonly release: string | null;
  readonly version: string | null;
  readonly tags: string;
  readonly said: string;
}

/** Traces of a part. */
const PART = 2_000;

/** Where the parts are: how many traces are done, and the key of the last of them. */
interface Place {
  readonly done: number;
  readonly last_key: number;
}

/** Fills the tables of texts, and the models and services of traces, from the traces and observations that are there: a `Step`. */
export function indexTexts(database: Database, progress: (line: string) => void): boolean {
  const { count: total } = database.prepare('SELECT count(*) AS count FROM traces').get() as { count: number };
  database.exec(
    `CREATE TABLE IF NOT EXISTS migration_place (
      only INTEGER PRIMARY KEY CHECK (only = 1), done INTEGER NOT NULL, last_key INTEGER NOT NULL
    ) STRICT;
    INSERT OR IGNORE INTO migration_place (only, done, last_key) VALUES (1, 0, -1)`,
  );
  const place = database.prepare('SELECT done, last_key FROM migration_place').get() as Place;
  const rows = database
    .prepare(
      `SELECT trace_key, project_id, session_key, name, user_id, environment, release, version, tags, said
      FROM traces WHERE trace_key > ? ORDER BY trace_key LIMIT ${PART}`,
    )
    .all(place.last_key) as Row[];
  rows.forEach(adder(database));
  const last = rows.at(-1);
  if (last === undefined) {
    finish(database);
    return true;
  }
  const done = place.done + rows.length;
  database.prepare('UPDATE migration_place SET done = ?, last_key = ?').run(done, last.trace_key);
  progress(`${done} of ${total} traces`);
  return false;
}

function finish(database: Database): void {
  database.exec(`
    UPDATE texts SET session_count = counted.sessions
      FROM (SELECT text_key, count(*) AS sessions FROM session_texts GROUP BY text_key) AS counted
      WHERE counted.text_key = texts.text_key;
    CREATE INDEX sessions_by_text ON session_texts (text_key, session_key);
    DROP TABLE session_values;
    DROP TABLE conversations;
    DROP TABLE migration_place;
  `);
}

function adder(database: Database): (row: Row) => void {
  const seen = database.prepare('SELECT DISTINCT model, service FROM observations WHERE trace_key = ?');
  const set = database.prepare('UPDATE traces SET models = ?, services = ? WHERE trace_key = ?');
  const addText = database.prepare(
    `INSERT INTO texts (project_id, kind, value, trace_count, session_count) VALUES (?, ?, ?, 1, 0)
    ON CONFLICT DO UPDATE SET trace_count = trace_count + 1 RETURNING text_key`,
  );
  const addToTrace = database.prepare('INSERT INTO trace_texts (text_key, trace_key) VALUES (?, ?)');
  const addToSession = database.prepare(
    `INSERT INTO session_texts (session_key, kind, text_key, trace_count) VALUES (?, ?, ?, 1)
    ON CONFLICT DO UPDATE SET trace_count = trace_count + 1`,
  );
  return (row) => {
    const pairs = seen.all(row.trace_key) as { model: string | null; service: string | null }[];
    const models = namesOf(pairs.map(({ model }) => model));
    const services = namesOf(pairs.map(({ service }) => service));
    if (models.size + services.size > 0) set.run(sortedJson(models), sortedJson(services), row.trace_key);
    for (const text of textsOfTrace(toldBy(row), models, services)) {
      const kind = KINDS[text.kind];
      const { text_key } = addText.get(row.project_id, kind, text.value) as { text_key: number };
      if (KINDS_OF_TRACES.has(text.kind)) addToTrace.run(text_key, row.trace_key);
      if (row.session_key !== null) addToSession.run(row.session_key, kind, text_key);
    }
  };
}

function toldBy(row: Row) {
  const { fields, metadata, sessionIds = [] } = JSON.parse(row.said) as TraceAttributesJson;
  return {
    name: row.name,
    userId: row.user_id ?? undefined,
    environment: row.environment ?? undefined,
    release: row.release ?? undefined,
    version: row.version ?? undefined,
    tags: JSON.parse(row.tags) as string[],
    conversationIds: sessionIds.filter((id) => id !== fields.sessionId?.value),
    metadata: Object.fromEntries(metadata.map(([key, { value }]) => [key, value])),
  };
}
