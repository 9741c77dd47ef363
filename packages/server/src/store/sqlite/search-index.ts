import { SEARCH_KINDS } from '@powerrag/protocol';
import { bareWordsOf, type SearchEntry } from '../../search/index.js';
import type { Database } from './driver.js';

/** Stands between two texts; no word has it. */
const BETWEEN = ' . ';

/** A shorter word is found by its beginning, or not by a part at all. In UTF-16 code units. */
export const SHORTEST_WORD = 4;

/** Words that are known to be in the file, so that the file is not asked for each; limits the memory that they take. */
const MAX_KNOWN = 100_000;

/** The row of a trace, with a text for each kind. */
interface NewRow {
  readonly key: number;
  readonly texts: readonly string[];
}

/**
 * The full-text index. A row is a trace. It holds no text, only which words are where, so that a text is not stored twice; a
 * row is deleted by its key.
 *
 * What is indexed are the words of `wordsOf`, not the text: SQLite's tokenizers know no Chinese words, and find no part of a
 * word but its beginning, or take ten times as long and seven times as much space (`trigram`). The longer words are
 * kept once each in `search_words`, with a trigram index: from there a part of a word becomes the words that have it.
 *
 * Changes are collected in a transaction and written by `flush`, which must be the last to write in it. FTS5 writes what it has
 * gathered as a segment of its own, with all that follows from it, when another statement of the transaction opens a savepoint (one
 * with `RETURNING`, or `INSERT OR REPLACE` into a table with indexes), and when a key is smaller than the one before.
 */
export class SearchIndex {
  readonly #insert;
  readonly #remove;
  readonly #addWord;
  readonly #addParts;
  /** Words that are in the file, or will be after `flush`. */
  readonly #known = new Set<string>();
  #removed: number[] = [];
  #added: NewRow[] = [];
  #newWords: string[] = [];

  constructor(database: Database) {
    const marks = SEARCH_KINDS.map(() => '?').join(', ');
    this.#insert = database.prepare(
      `INSERT INTO search (rowid, ${SEARCH_KINDS.join(', ')}) VALUES (CAST(? AS INTEGER), ${marks})`,
    );
    this.#remove = database.prepare('DELETE FROM search WHERE rowid = CAST(? AS INTEGER)');
    this.#addWord = database.prepare('INSERT INTO search_words (word) VALUES (?) ON CONFLICT DO NOTHING');
    this.#addParts = database.prepare('INSERT INTO search_word_parts (rowid, word) VALUES (CAST(? AS INTEGER), ?)');
  }

  /** There must be no row with this key, or one that was removed before. */
  add(key: number, entries: readonly SearchEntry[]): void {
    const texts = SEARCH_KINDS.map((kind) => {
      // A text that is said twice has no words that it does not have once.
      const said = new Set(entries.flatMap((entry) => (entry.kind === kind ? entry.text : [])));
      return [...said].map((text) => this.#indexed(text)).join(BETWEEN);
    });
    this.#added.push({ key, texts });
  }

  remove(key: number): void {
    this.#removed.push(key);
  }

  /** Writes what was added and removed. Within the caller's transaction, after everything else. */
  flush(): void {
    const parts = this.#newWords.flatMap((word) => {
      const { changes, lastInsertRowid } = this.#addWord.run(word);
      return Number(changes) === 0 ? [] : [[Number(lastInsertRowid), word] as const];
    });
    for (const key of this.#removed.sort(ascending)) this.#remove.run(key);
    for (const { key, texts } of this.#added.sort((a, b) => a.key - b.key)) this.#insert.run(key, ...texts);
    for (const [key, word] of parts) this.#addParts.run(key, word);
    this.#discard();
  }

  /** The transaction was rolled back. */
  forget(): void {
    this.#known.clear();
    this.#discard();
  }

  #discard(): void {
    this.#removed = [];
    this.#added = [];
    this.#newWords = [];
  }

  #indexed(text: string): string {
    const words = bareWordsOf(text);
    for (const word of words) if (word.length >= SHORTEST_WORD) this.#know(word);
    return words.join(' ');
  }

  #know(word: string): void {
    if (this.#known.has(word)) return;
    this.#newWords.push(word);
    if (this.#known.size >= MAX_KNOWN) this.#known.clear();
    this.#known.add(word);
  }
}

function ascending(a: number, b: number): number {
  return a - b;
}
