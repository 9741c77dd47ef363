import { closeSync, existsSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { plural } from '../base/plural.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { digestTrace } from '../digest/index.js';
import { digestWithLogWords, withLogWords } from '../logs/join-words.js';
import { DEFAULT_LIMITS } from '../otlp/limits.js';
import { anyDriver, DatabaseUnusable, sqliteReader, sqliteStore } from '../store/sqlite/index.js';
import { engineHere } from '../threads/engine.js';
import { exportSessions } from '../transfer/export-sessions.js';
import { importFile } from '../transfer/import-file.js';
import type { FileCommandDeps } from './file-command-deps.js';

type Deps = Pick<FileCommandDeps, 'say' | 'progress'>;

/**
 * Writes all sessions of one moment to a new file, with scores, comments and media, also of a running server. Rejects with
 * `DatabaseUnusable`, leaving no file.
 */
export async function exportTo(file: string, database: string, { say, progress }: Deps): Promise<void> {
  if (!existsSync(database)) throw new DatabaseUnusable(`${database} does not exist; name the file with --database.`);
  if (existsSync(file)) throw new DatabaseUnusable(`${file} exists already; name another file.`);
  const reader = sqliteReader(database, anyDriver());
  const exporting = progress('Exporting', 'sessions');
  let isComplete = false;
  let descriptor: number | undefined;
  try {
    const target = openSync(file, 'wx', 0o600);
    descriptor = target;
    const readOnly = { ...reader, writeLogEvents: onlyReads };
    const source = { ...reader, ...withLogWords(reader, readOnly) };
    const { sessions, spans, annotations, media } = await reader.inSnapshot(() =>
      exportSessions(
        source,
        DEFAULT_PROJECT_ID,
        (line) => void writeSync(target, `${line}\n`),
        (done) => exporting.update(done.sessions, done.total),
      ),
    );
    isComplete = true;
    exporting.end();
    const others = `${annotations} scores and comments and ${plural(media, 'file')} of media`;
    say(`${file} has ${plural(sessions, 'session')} with ${plural(spans, 'span')}, ${others}.`);
  } finally {
    exporting.end();
    if (descriptor !== undefined) closeSync(descriptor);
    // Half an export would pass for a whole one.
    if (descriptor !== undefined && !isComplete) rmSync(file, { force: true });
    reader.close();
  }
}

/** Stores what is in a file, in a database that no server uses. Rejects with `DatabaseUnusable` or `ImportFailed`. */
export async function importFrom(file: string, database: string, { say, progress }: Deps): Promise<void> {
  const log = { info: say, error: say };
  const store = sqliteStore(database, anyDriver(), log, { digestTrace: digestWithLogWords(digestTrace) });
  const engine = engineHere(store, { prices: new Map(), limits: DEFAULT_LIMITS, log });
  const importing = progress('Importing', 'bytes');
  try {
    const total = statSync(file, { throwIfNoEntry: false })?.size ?? null;
    const { requests, problems } = await importFile(file, DEFAULT_PROJECT_ID, engine, (bytes) =>
      importing.update(bytes, total),
    );
    importing.end();
    for (const problem of problems) say(problem);
    await store.digested();
    say(`${file} is imported: ${plural(requests, 'request')}.`);
  } finally {
    importing.end();
    await engine.close();
  }
}

async function onlyReads(): Promise<never> {
  throw new Error('an export does not write');
}
