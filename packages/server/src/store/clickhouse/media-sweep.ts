import { IN_PROJECT, inAny } from './conditions.js';
import { type ContentSweepDeps, FRESH_S, hashesIn, RECIPES } from './content-sweep.js';
import { inChunks } from './lists.js';
import { FIRST } from './media-rows.js';
import { removal } from './removal.js';

/** The ids in the references to media of a text, as `mediaIdsIn` finds them, each as a row. */
const IDS = "arrayJoin(extractAll(text, '@@@langfuseMedia:[^@]*?\\\\|id=([0-9A-Za-z_-]+)\\\\|'))";

/** The columns with texts. A reference may stand in a short text, which is in the row itself. */
const TEXTS = RECIPES.map(({ table, columns }) => ({
  table,
  text: `concat(${[...columns, table === 'statements' ? 'said' : "''"].join(", ' ', ")})`,
}));

/** Removes media that deleted traces named and no text names any more. What was uploaded and never named stays. */
export class MediaSweep {
  readonly #deps: ContentSweepDeps;

  constructor(deps: ContentSweepDeps) {
    this.#deps = deps;
  }

  /** Notes the media that traces and sources name which are about to be removed. */
  async note(project: string, traceIds: readonly string[], sourceIds: readonly string[]): Promise<void> {
    for (const ids of inChunks(traceIds)) await this.#note(project, 'trace_id', ids, TEXTS);
    const pieces = TEXTS.filter(({ table }) => table === 'pieces');
    for (const ids of inChunks(sourceIds)) await this.#note(project, 'source_id', ids, pieces);
  }

  async #note(project: string, key: string, ids: readonly string[], from: typeof TEXTS): Promise<void> {
    const { connection } = this.#deps;
    const where = `${IN_PROJECT} AND ${key} IN {ids:Array(String)}`;
    const rows = from.map(({ table, text }) => `SELECT ${text} AS text FROM ${table} WHERE ${where}`);
    const hashes = RECIPES.filter(({ table }) => from.some((each) => each.table === table)).map(
      ({ table, columns }) => `SELECT ${hashesIn(columns)} AS hash FROM ${table} WHERE ${where}`,
    );
    const contents = `SELECT text FROM contents WHERE ${IN_PROJECT} AND ${inAny('hash', hashes)}`;
    const found = await connection.query<{ id: string }>(
      `SELECT DISTINCT ${IDS} AS id FROM (${[...rows, contents].join(' UNION ALL ')})`,
      { project, ids },
    );
    await connection.insert(
      'unreferenced_media',
      found.map(({ id }) => ({ project_id: project, media_id: id, version: 0 })),
    );
  }

  /**
   * Removes those that were noted and that no text names, of every project. Contents that nothing has must be gone before. What was
   * uploaded lately, or is named by a content that waits to be removed, waits for the next time.
   */
  async sweep(): Promise<void> {
    const projects = await this.#deps.connection.query<{ project: string }>(
      'SELECT DISTINCT project_id AS project FROM unreferenced_media',
    );
    for (const { project } of projects) await this.#sweepProject(project);
  }

  async #sweepProject(project: string): Promise<void> {
    const { connection, cluster, now } = this.#deps;
    const [waiting] = await connection.query(`SELECT 1 FROM unreferenced WHERE ${IN_PROJECT} LIMIT 1`, { project });
    const noted = `SELECT media_id FROM unreferenced_media WHERE ${IN_PROJECT}`;
    const texts = [
      ...TEXTS.map(({ table, text }) => `SELECT ${text} AS text FROM ${table} WHERE ${IN_PROJECT}`),
      `SELECT text FROM contents WHERE ${IN_PROJECT}`,
    ].map((select) => `SELECT ${IDS} FROM (${select}) WHERE position(text, '@@@langfuseMedia:') > 0`);
    const newest = FIRST - (now() - FRESH_S * 1_000);
    const rows = await connection.query<{ id: string; is_used: number; is_fresh: number }>(
      `SELECT noted.media_id AS id, ${inAny('id', texts)} AS is_used,
          max(priority > 0 AND priority < {newest:UInt64}) AS is_fresh
        FROM (SELECT DISTINCT media_id FROM unreferenced_media WHERE ${IN_PROJECT}) AS noted
        LEFT JOIN (SELECT media_id, priority FROM media WHERE ${IN_PROJECT} AND media_id IN (${noted})) AS media
        USING (media_id) GROUP BY noted.media_id`,
      { project, newest },
    );
    const gone = rows.filter(({ is_used, is_fresh }) => is_used === 0 && is_fresh === 0).map(({ id }) => id);
    const used = waiting === undefined ? rows.filter(({ is_used }) => is_used === 1).map(({ id }) => id) : [];
    for (const ids of inChunks(gone)) {
      const where = `${IN_PROJECT} AND media_id IN {ids:Array(String)} AND priority >= {newest:UInt64}`;
      await connection.command(removal('media', cluster, where), { project, ids, newest });
    }
    for (const ids of inChunks([...gone, ...used])) {
      const where = `${IN_PROJECT} AND media_id IN {ids:Array(String)}`;
      await connection.command(removal('unreferenced_media', cluster, where), { project, ids });
    }
  }
}
