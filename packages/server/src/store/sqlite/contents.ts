import { hash as digest } from 'node:crypto';
import { mediaIdsIn } from '../media.js';
import { splitText } from '../split.js';
import type { Database } from './driver.js';
import { nextKeyOf } from './used-keys.js';

/** A shorter text takes less space inline than as a reference. */
const SHORTEST_CONTENT = 128;

/** What may be unused: whatever is referred to anew is taken out. */
interface Watched<T> {
  delete(one: T): unknown;
}

/**
 * Texts, each stored once per project. A row holds the recipe of a text: a JSON array of strings and of
 * numbers, which are keys of `contents`; joined, they are the text.
 */
export class Contents {
  /** While contents or media are swept: what is referred to anew leaves the set, and stays. */
  watchedKeys: Watched<number> | null = null;
  watchedMedia: Watched<string> | null = null;
  readonly #database: Database;
  #nextKey: number | undefined;
  /** Recipes of the texts that the open transaction has written; null outside one that asked for it. */
  #written: Map<string, string> | null = null;
  readonly #find;
  readonly #insert;
  readonly #read;

  constructor(database: Database) {
    this.#database = database;
    this.#find = database.prepare('SELECT content_key AS key FROM contents WHERE project_id = ? AND hash = ?');
    this.#insert = database.prepare('INSERT INTO contents (content_key, project_id, hash, bytes) VALUES (?, ?, ?, ?)');
    this.#read = database.prepare('SELECT bytes FROM contents WHERE content_key = ?');
  }

  /**
   * From here to `end` everything is of one project and one transaction: a text that repeats, as the input of a call does in the
   * spans around it, is looked up once.
   */
  begin(): void {
    this.#written = new Map();
  }

  /** The transaction is over, or another project's part of it begins: what it wrote may be gone. */
  end(): void {
    this.#written = null;
  }

  /** Stores the new parts of the text and returns its recipe. Within the caller's transaction. */
  write(projectId: string, text: string): string {
    const written = this.#written?.get(text);
    if (written !== undefined) return written;
    const recipe = this.#write(projectId, text);
    if (text.length >= SHORTEST_CONTENT) this.#written?.set(text, recipe);
    return recipe;
  }

  #write(projectId: string, text: string): string {
    if (this.watchedMedia !== null) for (const id of mediaIdsIn(text)) this.watchedMedia.delete(`${projectId}\0${id}`);
    if (text.length < SHORTEST_CONTENT) return JSON.stringify([text]);
    return JSON.stringify(
      splitText(text).map((piece) => (piece.length < SHORTEST_CONTENT ? piece : this.#keyOf(projectId, piece))),
    );
  }

  /** @param known texts by their keys that were read before; those that are read now are added. */
  read(recipe: string, known = new Map<number, string>()): string {
    const steps = JSON.parse(recipe) as (string | number)[];
    return steps.map((step) => (typeof step === 'string' ? step : this.#textOf(step, known))).join('');
  }

  /** The key of the content with exactly this text, for a reference to it; null if no content has it. */
  find(projectId: string, text: string): number | null {
    return text.length < SHORTEST_CONTENT ? null : this.#keyWith(projectId, hashOf(Buffer.from(text)));
  }

  /** @param key of a content that is there. */
  textOf(key: number): string {
    return this.#textOf(key, new Map());
  }

  #keyWith(projectId: string, hash: Uint8Array): number | null {
    const known = this.#find.get(projectId, hash) as { key: number } | undefined;
    if (known === undefined) return null;
    this.watchedKeys?.delete(known.key);
    return known.key;
  }

  #keyOf(projectId: string, text: string): number {
    const bytes = Buffer.from(text);
    const hash = hashOf(bytes);
    const known = this.#keyWith(projectId, hash);
    if (known !== null) return known;
    const key = this.#nextKey ?? nextKeyOf(this.#database, 'contents');
    this.#nextKey = key + 1;
    this.#insert.run(key, projectId, hash, bytes);
    return key;
  }

  #textOf(key: number, known: Map<number, string>): string {
    const before = known.get(key);
    if (before !== undefined) return before;
    const row = this.#read.get(key) as { bytes: Uint8Array } | undefined;
    if (row === undefined) throw new Error(`the database is damaged: content ${key} is missing`);
    const text = Buffer.from(row.bytes.buffer, row.bytes.byteOffset, row.bytes.byteLength).toString();
    known.set(key, text);
    return text;
  }
}

function hashOf(bytes: Uint8Array): Buffer {
  return Buffer.from(digest('sha256', bytes, 'hex'), 'hex');
}
