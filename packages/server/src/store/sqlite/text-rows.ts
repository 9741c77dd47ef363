import type { FindableText, TextKind } from '../findable-texts.js';
import type { Database } from './driver.js';
import { nextKeyOf } from './used-keys.js';

/** The numbers of the kinds in the file. A number that has been released keeps its meaning. */
export const KINDS = {
  userId: 1,
  tag: 2,
  environment: 3,
  release: 4,
  version: 5,
  name: 6,
  model: 7,
  service: 8,
  conversationId: 9,
  metadata: 10,
} as const satisfies Record<TextKind, number>;

/** The kinds that lists of traces are filtered by. */
export const KINDS_OF_TRACES: ReadonlySet<TextKind> = new Set([
  ...(['userId', 'tag', 'environment', 'release', 'version', 'name', 'metadata'] as const),
]);

/** A text while a transaction counts it. */
interface OpenText {
  readonly key: number;
  readonly isNew: boolean;
  readonly text: FindableText;
  traces: number;
  sessions: number;
}

/**
 * The texts that traces and sessions are found by, each once per project, with the numbers of both. Changes are collected in a
 * transaction and written by `flush`. A text that nothing has any more is deleted.
 */
export class TextRows {
  readonly #find;
  readonly #add;
  readonly #count;
  readonly #delete;
  readonly #addToTrace;
  readonly #removeFromTrace;
  #nextKey: number;
  #open = new Map<string, OpenText>();

  constructor(database: Database) {
    this.#nextKey = nextKeyOf(database, 'texts');
    this.#find = database.prepare('SELECT text_key FROM texts WHERE project_id = ? AND kind = ? AND value = ?');
    this.#add = database.prepare(
      'INSERT INTO texts (text_key, project_id, kind, value, trace_count, session_count) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.#count = database.prepare(
      `UPDATE texts SET trace_count = trace_count + ?, session_count = session_count + ? WHERE text_key = ?
      RETURNING trace_count`,
    );
    this.#delete = database.prepare('DELETE FROM texts WHERE text_key = ?');
    this.#addToTrace = database.prepare('INSERT OR IGNORE INTO trace_texts (text_key, trace_key) VALUES (?, ?)');
    this.#removeFromTrace = database.prepare('DELETE FROM trace_texts WHERE text_key = ? AND trace_key = ?');
  }

  /** Discards what was collected. */
  begin(): void {
    this.#open = new Map();
  }

  /** Replaces the texts of a trace. */
  replace(projectId: string, traceKey: number, before: readonly FindableText[], after: readonly FindableText[]): void {
    const [gone, added] = difference(before, after);
    for (const text of gone) {
      const open = this.#openText(projectId, text);
      open.traces -= 1;
      if (KINDS_OF_TRACES.has(text.kind)) this.#removeFromTrace.run(open.key, traceKey);
    }
    for (const text of added) {
      const open = this.#openText(projectId, text);
      open.traces += 1;
      if (KINDS_OF_TRACES.has(text.kind)) this.#addToTrace.run(open.key, traceKey);
    }
  }

  keyOf(projectId: string, text: FindableText): number {
    return this.#openText(projectId, text).key;
  }

  /** One session more or fewer has the text. */
  countSession(projectId: string, text: FindableText, change: 1 | -1): void {
    this.#openText(projectId, text).sessions += change;
  }

  flush(projectId: string): void {
    for (const { key, isNew, text, traces, sessions } of this.#open.values()) {
      if (isNew) {
        if (traces > 0) this.#add.run(key, projectId, KINDS[text.kind], text.value, traces, sessions);
      } else if (traces !== 0 || sessions !== 0) {
        const counted = this.#count.get(traces, sessions, key) as { trace_count: number } | undefined;
        if (counted?.trace_count === 0) this.#delete.run(key);
      }
    }
    this.begin();
  }

  #openText(projectId: string, text: FindableText): OpenText {
    const id = idOf(text);
    const known = this.#open.get(id);
    if (known !== undefined) return known;
    const row = this.#find.get(projectId, KINDS[text.kind], text.value) as { text_key: number } | undefined;
    const open = { key: row?.text_key ?? this.#nextKey++, isNew: row === undefined, text, traces: 0, sessions: 0 };
    this.#open.set(id, open);
    return open;
  }
}

export function idOf({ kind, value }: FindableText): string {
  return `${kind}\0${value}`;
}

/** What only the first has, and what only the second has. */
export function difference(
  before: readonly FindableText[],
  after: readonly FindableText[],
): [gone: readonly FindableText[], added: readonly FindableText[]] {
  if (before.length === 0 || after.length === 0) return [before, after];
  const [had, has] = [new Set(before.map(idOf)), new Set(after.map(idOf))];
  return [before.filter((text) => !has.has(idOf(text))), after.filter((text) => !had.has(idOf(text)))];
}
