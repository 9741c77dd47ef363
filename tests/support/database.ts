import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { anyDriver } from '../../packages/server/src/store/sqlite/driver.js';

/** The rows of a query of the database of a server, which may be running. */
export function rowsOf<T>(file: string, sql: string): T[] {
  const database = anyDriver()(file, { readOnly: true });
  try {
    return database.prepare(sql).all() as T[];
  } finally {
    database.close();
  }
}

/** Runs statements on a database that no server has open. */
export function change(file: string, sql: string): void {
  const database = anyDriver()(file);
  try {
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** Which files of a database, its log and its copies have the text. */
export function filesWith(file: string, text: string): string[] {
  const folder = dirname(file);
  return readdirSync(folder)
    .filter((name) => name.startsWith(basename(file)))
    .filter((name) => readFileSync(join(folder, name)).includes(text));
}

/** What a database has of each total, beside a recount of its observations: equal when nothing is half there. */
export function recount(file: string) {
  const [counts] = rowsOf<Record<string, number>>(
    file,
    `SELECT
      (SELECT coalesce(sum(trace_count), 0) FROM sessions) AS tracesOfSessions,
      (SELECT count(*) FROM traces WHERE session_key IS NOT NULL) AS traces,
      (SELECT coalesce(sum(observation_count), 0) FROM sessions) AS observationsOfSessions,
      (SELECT coalesce(sum(observation_count), 0) FROM traces) AS observationsOfTraces,
      (SELECT count(*) FROM observations WHERE trace_key IN (SELECT trace_key FROM traces)) AS observations,
      (SELECT count(*) FROM sessions WHERE session_key NOT IN (SELECT session_key FROM traces WHERE session_key IS NOT NULL)) AS emptySessions,
      (SELECT count(*) FROM texts WHERE trace_count <> (SELECT count(*) FROM trace_texts WHERE trace_texts.text_key = texts.text_key)
        AND kind IN (1, 2, 3, 4, 5, 6, 10)) AS textsCountedWrong`,
  );
  return counts ?? {};
}
