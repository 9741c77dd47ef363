import type { Database } from './driver.js';
import type { SearchIndex } from './search-index.js';

/** Pages that FTS5 merges in one step. */
const PAGES = 16;
/** Words that are looked up in one step. */
const AT_ONCE = 500;

interface WordRow {
  readonly word_key: number;
  readonly word: string;
}

/** Removes what the full-text index keeps of deleted rows: FTS5 keeps their words until it merges. Within the caller's transaction. */
export class IndexSweep {
  readonly #index: SearchIndex;
  readonly #mergeSome;
  readonly #changes;
  readonly #mergeParts;
  readonly #words;
  readonly #isUsed;
  readonly #removeWord;
  readonly #removeParts;
  #hasBegun = false;
  #lastWord = 0;
  #areWordsOver = false;

  constructor(database: Database, index: SearchIndex) {
    this.#index = index;
    this.#mergeSome = database.prepare("INSERT INTO search (search, rank) VALUES ('merge', CAST(? AS INTEGER))");
    this.#mergeParts = database.prepare(
      "INSERT INTO search_word_parts (search_word_parts, rank) VALUES ('merge', CAST(? AS INTEGER))",
    );
    this.#changes = database.prepare('SELECT total_changes() AS count');
    this.#words = database.prepare(
      `SELECT word_key, word FROM search_words WHERE word_key > ? ORDER BY word_key LIMIT ${AT_ONCE}`,
    );
    this.#isUsed = database.prepare('SELECT 1 FROM search_vocabulary WHERE term = ?');
    this.#removeWord = database.prepare('DELETE FROM search_words WHERE word_key = ?');
    this.#removeParts = database.prepare(
      "INSERT INTO search_word_parts (search_word_parts, rowid, word) VALUES ('delete', ?, ?)",
    );
  }

  /** Rows were deleted. */
  restart(): void {
    this.#hasBegun = false;
    this.#lastWord = 0;
    this.#areWordsOver = false;
  }

  /** Merges a part of the index. Returns whether nothing is left to merge. */
  merge(): boolean {
    return this.#merge(this.#mergeSome);
  }

  /** Removes words that no row has any more. Returns whether none is left. */
  removeWords(): boolean {
    if (this.#areWordsOver) return this.#merge(this.#mergeParts);
    const rows = this.#words.all(this.#lastWord) as WordRow[];
    for (const { word_key: key, word } of rows) {
      this.#lastWord = key;
      if (this.#isUsed.get(word) !== undefined) continue;
      this.#removeParts.run(key, word);
      this.#removeWord.run(key);
      // It is added again where a later text has it.
      this.#index.forget();
    }
    this.#areWordsOver = rows.length < AT_ONCE;
    return false;
  }

  /** A negative number of pages begins to merge everything into one. */
  #merge(statement: { run(pages: number): unknown }): boolean {
    const before = this.#count();
    statement.run(this.#hasBegun ? PAGES : -PAGES);
    // By FTS5's documentation: fewer than two changes mean that there was nothing to do.
    const isOver = this.#hasBegun && this.#count() - before < 2;
    this.#hasBegun = !isOver;
    return isOver;
  }

  #count(): number {
    return (this.#changes.get() as { count: number }).count;
  }
}
