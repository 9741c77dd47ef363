import { mediaIdsIn } from '../media.js';
import type { Database } from './driver.js';

/** Contents and media that something has ceased to refer to, so that perhaps nothing does. Within the caller's transaction. */
export class Sweepable {
  readonly #addContent;
  readonly #addMedia;

  constructor(database: Database) {
    this.#addContent = database.prepare('INSERT OR IGNORE INTO sweepable_contents (content_key) VALUES (?)');
    this.#addMedia = database.prepare('INSERT OR IGNORE INTO sweepable_media (project_id, media_id) VALUES (?, ?)');
  }

  /**
   * These recipes are gone.
   *
   * @param kept recipes that stand in their place: what they refer to stays.
   */
  add(projectId: string, gone: readonly (string | null)[], kept: readonly (string | null)[] = []): void {
    const standing = new Set(kept);
    const left = gone.filter((recipe) => recipe !== null && !standing.has(recipe));
    if (left.length === 0) return;
    const used = new Set(kept.flatMap(contentKeysOf));
    for (const recipe of left) {
      for (const key of contentKeysOf(recipe)) if (!used.has(key)) this.#addContent.run(key);
      if (recipe !== null) this.addMedia(projectId, recipe);
    }
  }

  /** Contents have one reference fewer. */
  addContents(keys: readonly number[]): void {
    for (const key of keys) this.#addContent.run(key);
  }

  /** A text is gone that may have named media. */
  addMedia(projectId: string, text: string): void {
    for (const id of mediaIdsIn(text)) this.#addMedia.run(projectId, id);
  }
}

export function contentKeysOf(recipe: string | null): number[] {
  if (recipe === null) return [];
  return (JSON.parse(recipe) as (string | number)[]).filter((step) => typeof step === 'number');
}
