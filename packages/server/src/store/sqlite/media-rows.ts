import type { Observation } from '../../observation/observation.js';
import type { Media, StoredMedia } from '../media.js';
import type { Database } from './driver.js';

interface MediaRow {
  media_id: string;
  content_type: string;
  bytes: Uint8Array;
  stored_ms: number | null;
}

/** The rows of media. Writes happen within the caller's transaction. */
export class MediaRows {
  readonly #add;
  readonly #read;
  readonly #now: () => number;

  constructor(database: Database, now: () => number) {
    this.#now = now;
    this.#add = database.prepare(
      `INSERT INTO media (project_id, media_id, content_type, bytes, stored_ms) VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO NOTHING`,
    );
    this.#read = database.prepare('SELECT * FROM media WHERE project_id = ? AND media_id = ?');
  }

  /** No observation follows from them. */
  add(projectId: string, media: readonly Media[]): Observation[] {
    for (const { id, contentType, bytes } of media) this.#add.run(projectId, id, contentType, bytes, this.#now());
    return [];
  }

  read(projectId: string, id: string): StoredMedia | null {
    const row = this.#read.get(projectId, id) as MediaRow | undefined;
    if (row === undefined) return null;
    return { id: row.media_id, contentType: row.content_type, bytes: row.bytes, storedMs: row.stored_ms };
  }
}
