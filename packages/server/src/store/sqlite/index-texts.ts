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

/** Traces that are read at once. */
const CHUNK = 500;

const PROGRESS_EVERY = 10_000;

/** Fills the tables of texts, and the models and services of traces, from the traces and observations that are there. */
export function indexTexts(database: Database, progress: (line: string) => void): void {
  const { count: total } = database.prepare('SELECT count(*) AS count FROM traces').get() as { count: number };
  const next = database.prepare(
    `SELECT trace_key, project_id, session_key, name, user_id, environment, release, version, tags, said
    FROM traces WHERE trace_key > ? ORDER BY trace_key LIMIT ${CHUNK}`,
  );
  const add = adder(database);
  let done = 0;
  for (let last = -1; ; ) {
    const rows = next.all(last) as Row[];
    if (rows.length === 0) break;
    for (const row of rows) {
      add(row);
      last = row.trace_key;
      done += 1;
      if (done % PROGRESS_EVERY === 0) progress(`${done} of ${total} traces`);
    }
  }
  database.exec(`
    UPDATE texts SET session_count = counted.sessions
      FROM (SELECT text_key, count(*) AS sessions FROM session_texts GROUP BY text_key) AS counted
      WHERE counted.text_key = texts.text_key;
    CREATE INDEX sessions_by_text ON session_texts (text_key, session_key);
    DROP TABLE session_values;
    DROP TABLE conversations;
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
