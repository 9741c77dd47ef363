import { existsSync } from 'node:fs';
import type { Log } from '../base/log.js';
import { plural } from '../base/plural.js';
import { DEFAULT_PROJECT_ID } from '../base/project.js';
import { digestTrace } from '../digest/index.js';
import { digestWithLogWords } from '../logs/join-words.js';
import { toTraceId } from '../observation/foreign-id.js';
import { readAddress } from '../store/clickhouse/address.js';
import type { SearchableStore } from '../store/contract.js';
import type { Deletion, Retention } from '../store/retention.js';
import { anyDriver, DatabaseUnusable, isInUse, sqliteStore } from '../store/sqlite/index.js';
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
 * Deletes traces with all that belongs to them, from ClickHouse or from a file that no server uses, and cleans up after them. Rejects
 * with `DatabaseUnusable`, `ClickhouseUnusable` or `NothingDeleted`. A deletion that is interrupted goes on when the database is next opened.
 */
export async function deleteTraces(command: DeleteCommand, deps: FileCommandDeps): Promise<void> {
  const { from, what, isSure } = command;
  const log = { info: deps.say, error: deps.say };
  const store = 'store' in from ? await openClickhouse(from.store, log) : openFile(from.database, log);
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

type DeletingStore = Pick<
  SearchableStore & Retention,
  'deleteTraces' | 'purged' | 'digested' | 'listTraces' | 'getTrace' | 'close'
>;

/** Throws `DatabaseUnusable`. */
function openFile(database: string, log: Log): DeletingStore {
  if (!existsSync(database)) throw new DatabaseUnusable(`${database} does not exist; name the file with --database.`);
  if (isInUse(database, anyDriver())) {
    throw new DatabaseUnusable(
      `Another PowerRAG server is using ${database}; stop it, or delete over HTTP with DELETE /api/v1/sessions/{id}, /api/v1/traces/{id} or /api/v1/users/{id}.`,
    );
  }
  return sqliteStore(database, anyDriver(), log, { digestTrace: digestWithLogWords(digestTrace) });
}

/** Rejects with `ClickhouseUnusable`. */
async function openClickhouse(address: string, log: Log): Promise<DeletingStore> {
  // Its client is loaded by commands that use it.
  const { clickhouseStore } = await import('../store/clickhouse/index.js');
  return clickhouseStore({ ...readAddress(address), log, digestTrace: digestWithLogWords(digestTrace) });
}

async function run(store: DeletingStore, deletion: Deletion, count: number, deps: FileCommandDeps): Promise<void> {
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
  deps.say(`Deleted ${plural(deleted, 'trace')}. Removing what belonged to them …`);
  await store.purged();
  await store.digested();
  deps.say('Nothing of them can be read any more. Backups made before keep what they hold.');
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
async function countOf(store: DeletingStore, deletion: Deletion): Promise<number> {
  const total = async (query: Parameters<DeletingStore['listTraces']>[1]) =>
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
