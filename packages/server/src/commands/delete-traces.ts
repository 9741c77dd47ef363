import { existsSync } from 'node:fs';
import { plural } from '../base/plural.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { digestTrace } from '../digest/index.js';
import { digestWithLogWords } from '../logs/join-words.js';
import { toTraceId } from '../observation/foreign-id.js';
import type { Deletion } from '../store/retention.js';
import { anyDriver, DatabaseUnusable, isInUse, type SqliteStore, sqliteStore } from '../store/sqlite/index.js';
import type { DeleteCommand, Doomed } from './delete-command.js';
import type { FileCommandDeps } from './file-command-deps.js';
import { DAY_MS } from './retention-schedule.js';

/** There is nothing that could be deleted, or the operator does not want it. The message says which. */
export class NothingDeleted extends Error {
  override readonly name = 'NothingDeleted';
}

/** Milliseconds between two looks at how much is left. */
const LOOK_EVERY_MS = 500;

/**
 * Deletes traces from a database that no server uses, with all that belongs to them, and cleans up after them. Rejects with
 * `DatabaseUnusable` or `NothingDeleted`. A deletion that is interrupted goes on when the database is next opened.
 */
export async function deleteTraces(command: DeleteCommand, deps: FileCommandDeps): Promise<void> {
  const { database, what, isSure } = command;
  if (!existsSync(database)) throw new DatabaseUnusable(`${database} does not exist; name the file with --database.`);
  const log = { info: deps.say, error: deps.say };
  if (isInUse(database, anyDriver())) {
    throw new DatabaseUnusable(
      `Another PowerRAG server is using ${database}; stop it, or delete over HTTP with DELETE /api/v1/sessions/{id}, /api/v1/traces/{id} or /api/v1/users/{id}.`,
    );
  }
  const store = sqliteStore(database, anyDriver(), log, { digestTrace: digestWithLogWords(digestTrace) });
  try {
    const deletion = toDeletion(what, deps.now);
    const count = await countOf(store, deletion);
    const phrase = (subject: string) => phraseOf(what, deps.now, subject);
    if (count === 0) {
      const nothing = `There is no ${phrase('trace')}; nothing was deleted.`;
      // Whoever deletes what is old again and again finds nothing most times.
      if (what.kind === 'older-than') return deps.say(nothing);
      throw new NothingDeleted(nothing);
    }
    const asked = phrase(what.kind === 'older-than' ? 'every trace' : plural(count, 'trace'));
    if (!isSure && !(await deps.confirm(`Delete ${asked}? It cannot be brought back. [y/N] `))) {
      throw new NothingDeleted('Nothing was deleted.');
    }
    await run(store, deletion, count, deps);
  } finally {
    await store.close();
  }
}

async function run(store: SqliteStore, deletion: Deletion, count: number, deps: FileCommandDeps): Promise<void> {
  const deleting = deps.progress('Deleting', 'traces');
  const looking = setInterval(() => {
    countOf(store, deletion).then(
      (left) => deleting.update(count - left, count),
      // The deletion itself fails for the same reason, and says it.
      () => {},
    );
  }, LOOK_EVERY_MS);
  let deleted: number;
  try {
    deleted = await store.deleteTraces(DEFAULT_PROJECT_ID, deletion);
  } finally {
    clearInterval(looking);
    deleting.end();
  }
  deps.say(`Deleted ${plural(deleted, 'trace')}. Removing what belonged to them from the file …`);
  await store.purged();
  await store.digested();
  deps.say('Nothing of them is left in the database. Backups made before keep what they hold.');
}

function toDeletion(what: Doomed, now: number): Deletion {
  switch (what.kind) {
    case 'traces':
      return { kind: 'traces', traceIds: what.traceIds.map(toTraceId) };
    case 'older-than':
      return { kind: 'ended-before', endedBeforeMs: now - what.days * DAY_MS };
    case 'session':
    case 'user':
      return what;
  }
}

function phraseOf(what: Doomed, now: number, subject: string): string {
  switch (what.kind) {
    case 'traces':
      return `${subject} ${what.traceIds.map((id) => JSON.stringify(id)).join(', ')}`;
    case 'session':
      return `${subject} in session ${JSON.stringify(what.sessionId)}`;
    case 'user':
      return `${subject} of user ${JSON.stringify(what.userId)}`;
    case 'older-than':
      return `${subject} that ended before ${new Date(now - what.days * DAY_MS).toISOString()}`;
  }
}

/** How many traces the deletion finds; of those that ended before a time as many as began before it, which may be more. */
async function countOf(store: SqliteStore, deletion: Deletion): Promise<number> {
  const total = async (query: Parameters<SqliteStore['listTraces']>[1]) =>
    (await store.listTraces(DEFAULT_PROJECT_ID, { ...query, limit: 1 })).total;
  switch (deletion.kind) {
    case 'traces': {
      const found = await Promise.all(deletion.traceIds.map((id) => store.getTrace(DEFAULT_PROJECT_ID, id)));
      return found.filter((trace) => trace !== null).length;
    }
    case 'session':
      return total({ sessionId: deletion.sessionId });
    case 'user':
      return total({ userId: deletion.userId });
    case 'ended-before':
      return total({ toMs: deletion.endedBeforeMs });
  }
}
