import type { Contents } from './contents.js';
import type { Database } from './driver.js';
import { RecipeScan } from './recipe-scan.js';
import { contentKeysOf, type Sweepable } from './sweepable.js';

/** Contents of one pass: limits its memory. */
const MOST_AT_ONCE = 500_000;
/** Contents that are deleted in one transaction. */
const DELETED_AT_ONCE = 100;
const FORGOTTEN_AT_ONCE = 5_000;

interface Pass {
  /** Those that nothing was found to refer to. */
  readonly unused: Set<number>;
  /** Those that something was found to refer to. What is written anew is in neither, and is looked for again by a later sweep. */
  readonly used: number[];
  isScanned: boolean;
}

interface ContentRow {
  readonly project_id: string;
  readonly bytes: Uint8Array;
}

/**
 * Deletes contents that nothing refers to any more. Nothing counts references, which would cost each write more than a sweep costs:
 * one pass looks through all recipes for those that may be unused. What is referred to anew meanwhile leaves the pass.
 */
export class ContentSweep {
  readonly #contents: Contents;
  readonly #sweepable: Sweepable;
  readonly #scan: RecipeScan;
  readonly #next;
  readonly #forget;
  readonly #delete;
  #pass: Pass | null = null;
  /** The last key that a pass has looked for. */
  #after = 0;

  constructor(database: Database, contents: Contents, sweepable: Sweepable) {
    this.#contents = contents;
    this.#sweepable = sweepable;
    this.#scan = new RecipeScan(database);
    this.#next = database.prepare(
      'SELECT content_key AS key FROM sweepable_contents WHERE content_key > ? ORDER BY content_key LIMIT ?',
    );
    this.#forget = database.prepare('DELETE FROM sweepable_contents WHERE content_key = ?');
    this.#delete = database.prepare('DELETE FROM contents WHERE content_key = ? RETURNING project_id, bytes');
  }

  /** More may be unused than this pass looks for. */
  restart(): void {
    this.#after = 0;
  }

  /** A part of the work, within the caller's transaction. Returns whether all is done. */
  step(): boolean {
    const pass = this.#pass ?? this.#begin();
    if (pass === null) return true;
    if (!pass.isScanned) {
      const isOver = this.#scan.step((recipe) => {
        for (const key of contentKeysOf(recipe)) if (pass.unused.delete(key)) pass.used.push(key);
      });
      pass.isScanned = isOver || pass.unused.size === 0;
      return false;
    }
    let left = DELETED_AT_ONCE;
    for (const key of pass.unused) {
      if (left === 0) return false;
      left -= 1;
      pass.unused.delete(key);
      const row = this.#delete.get(key) as ContentRow | undefined;
      if (row !== undefined) this.#sweepable.addMedia(row.project_id, Buffer.from(row.bytes).toString());
      this.#forget.run(key);
    }
    this.#contents.watchedKeys = null;
    for (const key of pass.used.splice(-FORGOTTEN_AT_ONCE)) this.#forget.run(key);
    if (pass.used.length === 0) this.#pass = null;
    return false;
  }

  #begin(): Pass | null {
    const all = (this.#next.all(this.#after, MOST_AT_ONCE) as { key: number }[]).map(({ key }) => key);
    const last = all.at(-1);
    if (last === undefined) {
      this.#after = 0;
      return null;
    }
    this.#after = last;
    this.#scan.restart();
    const pass: Pass = { unused: new Set(all), used: [], isScanned: false };
    this.#pass = pass;
    this.#contents.watchedKeys = pass.unused;
    return pass;
  }
}
