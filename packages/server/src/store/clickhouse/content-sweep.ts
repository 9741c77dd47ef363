import { IN_PROJECT, inAny } from './conditions.js';
import type { Connection } from './connection.js';
import { inChunks } from './lists.js';
import { removal } from './removal.js';
import type { Cluster } from './schema.js';

export interface ContentSweepDeps {
  readonly connection: Connection;
  readonly cluster: Cluster;
  /** Unix milliseconds now. */
  readonly now: () => number;
}

/** Seconds for which a content stays after it was last written: its writer stores what refers to it within that time. */
export const FRESH_S = 3_600;

/** Where recipes of texts are, and their columns. */
export const RECIPES = [
  { table: 'observations', columns: ['input', 'output', 'metadata', 'events'] },
  { table: 'statements', columns: ['input', 'output'] },
  { table: 'pieces', columns: ['piece'] },
] as const;

/** The hashes in the recipes of a row, each as a row. */
export function hashesIn(columns: readonly string[]): string {
  return `arrayJoin(extractAll(concat(${[...columns, "''"].join(", ' ', ")}), '"([0-9a-f]{64})"'))`;
}

/**
 * Removes contents that deleted traces had and nothing else has. Which ones they are is known only from reading all recipes of the
 * project; so it is asked of all that were noted at once.
 */
export class ContentSweep {
  readonly #deps: ContentSweepDeps;

  constructor(deps: ContentSweepDeps) {
    this.#deps = deps;
  }

  /** Notes the contents of traces and sources that are about to be removed. */
  async note(project: string, traceIds: readonly string[], sourceIds: readonly string[]): Promise<void> {
    for (const { table, columns } of RECIPES) {
      for (const ids of inChunks(traceIds)) await this.#note(project, table, columns, 'trace_id', ids);
    }
    for (const ids of inChunks(sourceIds)) await this.#note(project, 'pieces', ['piece'], 'source_id', ids);
  }

  async #note(
    project: string,
    table: string,
    columns: readonly string[],
    key: string,
    ids: readonly string[],
  ): Promise<void> {
    const { connection } = this.#deps;
    const rows = await connection.query<{ hash: string }>(
      `SELECT DISTINCT ${hashesIn(columns)} AS hash FROM ${table} WHERE ${IN_PROJECT} AND ${key} IN {ids:Array(String)}`,
      { project, ids },
    );
    await connection.insert(
      'unreferenced',
      rows.map(({ hash }) => ({ project_id: project, hash, version: 0 })),
    );
  }

  /** Removes those that were noted and that nothing has. What was written lately waits for the next time. */
  async sweep(): Promise<void> {
    const { connection } = this.#deps;
    const projects = await connection.query<{ project: string }>(
      'SELECT DISTINCT project_id AS project FROM unreferenced',
    );
    for (const { project } of projects) await this.#sweepProject(project);
  }

  async #sweepProject(project: string): Promise<void> {
    const { connection, cluster, now } = this.#deps;
    const fresh = Math.floor(now() / 1_000) - FRESH_S;
    const noted = `SELECT hash FROM unreferenced WHERE ${IN_PROJECT}`;
    const used = RECIPES.map(
      ({ table, columns }) =>
        `SELECT hash FROM (SELECT ${hashesIn(columns)} AS hash FROM ${table} WHERE ${IN_PROJECT}) WHERE hash IN (${noted})`,
    );
    // Written anew since the note was made, with a reference that is not there yet: it waits.
    const rows = await connection.query<{ hash: string; is_used: number; is_fresh: number }>(
      `SELECT noted.hash AS hash, ${inAny('noted.hash', used)} AS is_used, max(last_written) > {fresh:UInt32} AS is_fresh
        FROM (SELECT DISTINCT hash FROM unreferenced WHERE ${IN_PROJECT}) AS noted
        LEFT JOIN (SELECT hash, last_written FROM contents WHERE ${IN_PROJECT} AND hash IN (${noted})) AS contents
        USING (hash) GROUP BY hash`,
      { project, fresh },
    );
    const settled = rows.filter((row) => row.is_used === 1 || row.is_fresh === 0);
    const gone = settled.filter((row) => row.is_used === 0).map(({ hash }) => hash);
    for (const hashes of inChunks(gone)) {
      const where = `${IN_PROJECT} AND hash IN {hashes:Array(String)} AND last_written <= {fresh:UInt32}`;
      await connection.command(removal('contents', cluster, where), { project, hashes, fresh });
    }
    for (const hashes of inChunks(settled.map(({ hash }) => hash))) {
      const where = `${IN_PROJECT} AND hash IN {hashes:Array(String)}`;
      await connection.command(removal('unreferenced', cluster, where), { project, hashes });
    }
  }
}
