import { PieceGroup } from '../../pieces/fold.js';
import type { Piece, PieceExtent } from '../../pieces/piece.js';

/** Groups that are kept, and about how many characters in all of them: what is being written to, not all there is. */
const MOST_GROUPS = 256;
const MOST_CHARACTERS = 32_000_000;

export type Extent = PieceExtent & { readonly count: number };

/**
 * The observations that were written to last, folded from their pieces, and the extents of their traces: so one with thousands of
 * updates costs each the same. What a transaction took back must not stay: the owner clears the cache.
 */
export class PieceCache {
  readonly #groups = new Map<string, PieceGroup>();
  readonly #extents = new Map<string, Extent>();
  #characters = 0;

  get(key: string): PieceGroup | undefined {
    return this.#groups.get(key);
  }

  set(key: string, texts: readonly string[]): PieceGroup {
    this.#drop(key);
    const group = PieceGroup.of(texts.map((text) => JSON.parse(text) as Piece));
    this.#groups.set(key, group);
    this.#characters += group.characters;
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= MOST_GROUPS && this.#characters <= MOST_CHARACTERS) break;
      this.#drop(oldest);
    }
    return group;
  }

  getExtent(key: string): Extent | undefined {
    return this.#extents.get(key);
  }

  setExtent(key: string, extent: Extent): Extent {
    this.#extents.set(key, extent);
    const [oldest] = this.#extents.keys();
    if (this.#extents.size > MOST_GROUPS && oldest !== undefined) this.#extents.delete(oldest);
    return extent;
  }

  /** Adds a piece that is new in the database to its group, and to the extent of its trace, where these are known. */
  add(piece: Piece, groupKey: string, traceKey: string): void {
    const group = this.#groups.get(groupKey);
    if (group !== undefined) {
      this.#characters -= group.characters;
      group.add(JSON.parse(JSON.stringify(piece)) as Piece);
      this.#characters += group.characters;
    }
    const known = this.#extents.get(traceKey);
    if (known === undefined || piece.traceId === null) return;
    const firstMs = Math.min(known.firstMs, piece.firstMs);
    const lastMs = Math.max(known.lastMs, piece.lastMs);
    this.#extents.set(traceKey, { firstMs, lastMs, count: known.count + 1 });
  }

  clear(): void {
    this.#groups.clear();
    this.#extents.clear();
    this.#characters = 0;
  }

  #drop(key: string): void {
    this.#characters -= this.#groups.get(key)?.characters ?? 0;
    this.#groups.delete(key);
  }
}
