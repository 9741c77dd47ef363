import { closeSync, existsSync, openSync, writeSync } from 'node:fs';
import { plural } from '../base/plural.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { digestTrace } from '../digest/index.js';
import { digestWithLogWords } from '../logs/join-words.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { anyDriver, DatabaseUnusable, sqliteReader, sqliteStore } from '../store/sqlite/index.js';
import { engineHere } from '../threads/engine.js';
import { exportSessions } from '../transfer/export-sessions.js';
import { importFile } from '../transfer/import-file.js';

type Say = (line: string) => void;

/** After how many sessions or requests a line says how far the work is. */
const REPORTED = 1_000;

/** Writes all sessions of one moment to a new file, also of a running server. Rejects with `DatabaseUnusable`. */
export async function exportTo(file: string, database: string, say: Say): Promise<void> {
  if (!existsSync(database)) throw new DatabaseUnusable(`${database} does not exist; name the file with --database.`);
  if (existsSync(file)) throw new DatabaseUnusable(`${file} exists already; name another file.`);
  const reader = sqliteReader(database, anyDriver());
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    const { sessions, spans } = await reader.inSnapshot(() =>
      exportSessions(
        reader,
        DEFAULT_PROJECT_ID,
        (line) => void writeSync(descriptor, `${line}\n`),
        (done) => {
          if (done.sessions % REPORTED === 0) say(`${plural(done.sessions, 'session')} so far …`);
        },
      ),
    );
    say(`${file} has ${plural(sessions, 'session')} with ${plural(spans, 'span')}.`);
  } finally {
    closeSync(descriptor);
    reader.close();
  }
}

/** Stores what is in a file, in a database that no server uses. Rejects with `DatabaseUnusable` or `ImportFailed`. */
export async function importFrom(file: string, database: string, say: Say): Promise<void> {
  const log = { info: say, error: say };
  const store = sqliteStore(database, anyDriver(), log, { digestTrace: digestWithLogWords(digestTrace) });
  const engine = engineHere(store, { prices: new Map(), limits: DEFAULT_LIMITS, log });
  try {
    const { requests, problems } = await importFile(file, DEFAULT_PROJECT_ID, engine.intake, (count) => {
      if (count % REPORTED === 0) say(`${plural(count, 'request')} so far …`);
    });
    for (const problem of problems) say(problem);
    await store.digested();
    say(`${file} is imported: ${plural(requests, 'request')}.`);
  } finally {
    await engine.close();
  }
}
