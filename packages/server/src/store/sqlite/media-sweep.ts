import { mediaIdsIn } from '../media.js';
import type { Contents } from './contents.js';
import type { Database } from './driver.js';
import { RecipeScan } from './recipe-scan.js';

/** Contents that are read in one step. */
const AT_ONCE = 200;

interface MediaKey {
  readonly project_id: string;
  readonly media_id: string;
}

/**
 * Deletes media that no text refers to any more, where something did before: what was uploaded and not yet named stays. One pass
 * looks through all texts; what is referred to anew, or comes again, meanwhile leaves the pass.
 */
export class MediaSweep {
  readonly #contents: Contents;
  readonly #scan: RecipeScan;
  readonly #all;
  readonly #forget;
  readonly #delete;
  readonly #nextContents;
  readonly #nextSaid;
  #unused: Set<string> | null = null;
  #looked: readonly MediaKey[] = [];
  #stage: 'recipes' | 'contents' | 'attributes' = 'recipes';
  #last = 0;

  constructor(database: Database, contents: Contents) {
    this.#contents = contents;
    this.#scan = new RecipeScan(database);
    this.#all = database.prepare('SELECT project_id, media_id FROM sweepable_media');
    this.#forget = database.prepare('DELETE FROM sweepable_media WHERE project_id = ? AND media_id = ?');
    this.#delete = database.prepare('DELETE FROM media WHERE project_id = ? AND media_id = ?');
    this.#nextContents = database.prepare(
      `SELECT content_key AS key, CAST(bytes AS TEXT) AS text FROM contents WHERE content_key > ?
      ORDER BY content_key LIMIT ${AT_ONCE}`,
    );
    this.#nextSaid = database.prepare(
      `SELECT trace_key AS key, said AS text FROM traces WHERE trace_key > ? ORDER BY trace_key LIMIT ${AT_ONCE}`,
    );
  }

  /** More may be unused than this pass looks for. */
  restart(): void {
    this.#unused = null;
    this.#contents.watchedMedia = null;
  }

  /** A part of the work, within the caller's transaction. Returns whether all is done. */
  step(): boolean {
    const unused = this.#unused ?? this.#begin();
    const see = (text: string) => {
      for (const id of mediaIdsIn(text))
        for (const { project_id } of this.#looked) unused.delete(`${project_id}\0${id}`);
    };
    if (unused.size > 0 && this.#isLooking(see)) return false;
    for (const { project_id: projectId, media_id: id } of this.#looked) {
      if (unused.has(`${projectId}\0${id}`)) this.#delete.run(projectId, id);
      this.#forget.run(projectId, id);
    }
    this.restart();
    return true;
  }

  #begin(): Set<string> {
    this.#looked = this.#all.all() as MediaKey[];
    this.#unused = new Set(this.#looked.map(({ project_id, media_id }) => `${project_id}\0${media_id}`));
    this.#contents.watchedMedia = this.#unused;
    this.#scan.restart();
    this.#stage = 'recipes';
    this.#last = 0;
    return this.#unused;
  }

  #isLooking(see: (text: string) => void): boolean {
    if (this.#stage === 'recipes') {
      if (this.#scan.step(see)) this.#stage = 'contents';
      return true;
    }
    const next = this.#stage === 'contents' ? this.#nextContents : this.#nextSaid;
    const rows = next.all(this.#last) as { key: number; text: string }[];
    for (const { key, text } of rows) {
      see(text);
      this.#last = key;
    }
    if (rows.length === AT_ONCE) return true;
    this.#last = 0;
    if (this.#stage === 'attributes') return false;
    this.#stage = 'attributes';
    return true;
  }
}
