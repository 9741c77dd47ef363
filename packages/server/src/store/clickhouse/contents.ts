import { createHash } from 'node:crypto';
import { inUtf8 } from '../findable-texts.js';
import { splitText } from '../split.js';
import type { Connection, Row } from './connection.js';
import { inChunks } from './lists.js';

/** A shorter text takes less space inline than as a reference. */
const SHORTEST_CONTENT = 128;

/** The recipe of no text. */
const NONE = '';

/** Gathers the texts of a batch. A recipe is a JSON array of strings and of `[hash]`; joined, they are the text. */
export class NewContents {
  readonly #texts = new Map<string, string>();

  /** The recipe of the text; an empty one of null. */
  add(text: string | null | undefined): string {
    if (text === null || text === undefined) return NONE;
    return JSON.stringify(
      splitText(inUtf8(text)).map((piece) => (piece.length < SHORTEST_CONTENT ? piece : [this.#hashOf(piece)])),
    );
  }

  rows(projectId: string, nowMs: number): Row[] {
    const last_written = Math.floor(nowMs / 1000);
    return [...this.#texts].map(([hash, text]) => ({ project_id: projectId, hash, text, last_written }));
  }

  #hashOf(text: string): string {
    const hash = createHash('sha256').update(text).digest('hex');
    this.#texts.set(hash, text);
    return hash;
  }
}

type Step = string | readonly [string];

/** The texts of recipes, in their order; null for an empty one. */
export async function readContents(
  connection: Connection,
  projectId: string,
  recipes: readonly string[],
): Promise<(string | null)[]> {
  const steps = recipes.map((recipe) => (recipe === NONE ? null : (JSON.parse(recipe) as Step[])));
  const hashes = new Set(
    steps.flatMap((each) => (each ?? []).flatMap((step) => (typeof step === 'string' ? [] : step))),
  );
  const texts = new Map<string, string>();
  for (const some of inChunks([...hashes])) {
    // Any row of a hash has its text: no need to wait for the latest one.
    const rows = await connection.query<{ hash: string; text: string }>(
      `SELECT hash, any(text) AS text FROM contents
        WHERE project_id = {project:String} AND hash IN {hashes:Array(String)} GROUP BY hash`,
      { project: projectId, hashes: some },
    );
    for (const { hash, text } of rows) texts.set(hash, text);
  }
  const textOf = (hash: string): string => {
    const text = texts.get(hash);
    if (text === undefined) throw new Error(`the database is damaged: content ${hash} is missing`);
    return text;
  };
  return steps.map((each) => each?.map((step) => (typeof step === 'string' ? step : textOf(step[0]))).join('') ?? null);
}
