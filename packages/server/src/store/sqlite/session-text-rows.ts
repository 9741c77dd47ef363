import type { FindableText } from '../findable-texts.js';
import type { Database } from './driver.js';
import { difference, idOf, KINDS, type TextRows } from './text-rows.js';

/** A text of a session while a transaction counts the traces that have it. */
interface OpenText {
  readonly text: FindableText;
  /** How many traces more have it. */
  change: number;
}

/** The texts of sessions, with the number of traces that have each: so a trace that leaves costs what the trace costs. */
export class SessionTextRows {
  readonly #texts: TextRows;
  readonly #add;
  readonly #increase;
  readonly #decrease;
  readonly #delete;
  #open = new Map<number, Map<string, OpenText>>();

  constructor(database: Database, texts: TextRows) {
    this.#texts = texts;
    const place = 'session_key = ? AND kind = ? AND text_key = ?';
    this.#add = database.prepare(
      'INSERT INTO session_texts (session_key, kind, text_key, trace_count) VALUES (?, ?, ?, ?)',
    );
    const change = `UPDATE session_texts SET trace_count = trace_count + ? WHERE ${place}`;
    this.#increase = database.prepare(change);
    this.#decrease = database.prepare(`${change} RETURNING trace_count`);
    this.#delete = database.prepare(`DELETE FROM session_texts WHERE ${place}`);
  }

  /** Discards what was collected. */
  begin(): void {
    this.#open = new Map();
  }

  /** Replaces the texts of a trace of the session. */
  replace(sessionKey: number, before: readonly FindableText[], after: readonly FindableText[]): void {
    const [gone, added] = difference(before, after);
    for (const text of gone) this.#openText(sessionKey, text).change -= 1;
    for (const text of added) this.#openText(sessionKey, text).change += 1;
  }

  flush(projectId: string): void {
    for (const [sessionKey, texts] of this.#open) {
      for (const { text, change } of texts.values()) {
        if (change !== 0) this.#write(projectId, sessionKey, text, change);
      }
    }
    this.begin();
  }

  #write(projectId: string, sessionKey: number, text: FindableText, change: number): void {
    const place = [sessionKey, KINDS[text.kind], this.#texts.keyOf(projectId, text)] as const;
    if (change > 0) {
      if (Number(this.#increase.run(change, ...place).changes) > 0) return;
      this.#add.run(...place, change);
      this.#texts.countSession(projectId, text, 1);
    } else {
      const row = this.#decrease.get(change, ...place) as { trace_count: number };
      if (row.trace_count > 0) return;
      this.#delete.run(...place);
      this.#texts.countSession(projectId, text, -1);
    }
  }

  #openText(sessionKey: number, text: FindableText): OpenText {
    const ofSession = this.#open.get(sessionKey) ?? new Map<string, OpenText>();
    this.#open.set(sessionKey, ofSession);
    const id = idOf(text);
    const open = ofSession.get(id) ?? { text, change: 0 };
    ofSession.set(id, open);
    return open;
  }
}
