import type { MediaStore } from '../media.js';
import type { Connection } from './connection.js';

interface MediaRow {
  readonly content_type: string;
  readonly base64: string;
  readonly priority: string;
}

/** The priority of what is stored at 0. */
export const FIRST = Number.MAX_SAFE_INTEGER;

export function mediaRows(connection: Connection, now: () => number): MediaStore {
  return {
    writeMedia: (projectId, media) =>
      connection.insert(
        'media',
        media.map(({ id, contentType, bytes }) => ({
          ...{ project_id: projectId, media_id: id, content_type: contentType },
          base64: Buffer.from(bytes).toString('base64'),
          // The highest stands: the first to come.
          priority: FIRST - now(),
        })),
      ),
    readMedia: async (projectId, id) => {
      const [row] = await connection.query<MediaRow>(
        `SELECT content_type, base64, priority FROM media FINAL
         WHERE project_id = {project:String} AND media_id = {id:String}`,
        { project: projectId, id },
      );
      if (row === undefined) return null;
      const bytes = new Uint8Array(Buffer.from(row.base64, 'base64'));
      return { id, contentType: row.content_type, bytes, storedMs: FIRST - Number(row.priority) };
    },
  };
}
