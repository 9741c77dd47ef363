import type { Piece } from '../../pieces/piece.js';

/** Lists of pieces that are kept, and characters of JSON in all of them: what is being written to, not all there is. */
const MOST_LISTS = 256;
const MOST_CHARACTERS = 32_000_000;

interface List {
  readonly pieces: Piece[];
  characters: number;
}

/**
 * Pieces of the observations that were written to last, as they were read, so that one with thousands of updates is not read again
 * for each. A list is only used while the database counts as many pieces: what a transaction took back is never in it.
 */
export class PieceCache {
  readonly #lists = new Map<string, List>();
  #characters = 0;

  /** The pieces under a key, where they are known and still `count` many. */
  get(key: string, count: number): readonly Piece[] | undefined {
    const list = this.#lists.get(key);
    if (list?.pieces.length === count) return list.pieces;
    this.#drop(key);
    return undefined;
  }

  set(key: string, texts: readonly string[]): readonly Piece[] {
    this.#drop(key);
    const list: List = { pieces: [], characters: 0 };
    this.#lists.set(key, list);
    for (const text of texts) this.#append(list, text);
    const { pieces } = list;
    for (const oldest of this.#lists.keys()) {
      if (this.#lists.size <= MOST_LISTS && this.#characters <= MOST_CHARACTERS) break;
      this.#drop(oldest);
    }
    return pieces;
  }

  /** Adds a piece that is new in the database to its list, where that is known. */
  add(key: string, text: string): void {
    const list = this.#lists.get(key);
    if (list !== undefined) this.#append(list, text);
  }

  /** Pieces were deleted. */
  clear(): void {
    this.#lists.clear();
    this.#characters = 0;
  }

  #append(list: List, text: string): void {
    list.pieces.push(JSON.parse(text) as Piece);
    list.characters += text.length;
    this.#characters += text.length;
  }

  #drop(key: string): void {
    this.#characters -= this.#lists.get(key)?.characters ?? 0;
    this.#lists.delete(key);
  }
}
