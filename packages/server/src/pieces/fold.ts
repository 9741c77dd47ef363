import type { Json } from '@powerrag/protocol';
import type { Observation } from '../observation/observation.js';
import type { Piece, PieceFields } from './piece.js';

/** Keys of metadata that an observation has, its pieces together. Of more the least in order are kept. */
const MAX_METADATA_KEYS = 1_000;

/** What a piece said, and which: of two the later stands. */
interface Said {
  readonly value: Json;
  readonly atMs: number;
  readonly key: string;
  readonly characters: number;
}

/**
 * What pieces of one observation say together, in room that their number does not grow but by what they say of their trace: the
 * last word on each field, and on each key of the metadata. In any order the same pieces fold to the same; each is folded once.
 */
export class Fold {
  readonly #fields = new Map<string, Said>();
  readonly #metadata = new Map<string, Said>();
  readonly #statements: NonNullable<Observation['statements']>[number][] = [];
  #isSpan = false;
  #count = 0;
  #firstMs = Number.POSITIVE_INFINITY;
  #characters = 0;

  static of(pieces: readonly Piece[]): Fold {
    const fold = new Fold();
    for (const piece of pieces) fold.add(piece);
    return fold;
  }

  add(piece: Piece): void {
    const { atMs, key, trace, firstMs } = piece;
    const { metadata = {}, ...fields } = piece.fields;
    for (const [field, value] of Object.entries(fields)) {
      // A type that says more than `span` is not taken back.
      if (field === 'type' && value === 'span') this.#isSpan = true;
      else if (value !== undefined) this.#say(this.#fields, field, { value, atMs, key });
    }
    for (const [name, value] of Object.entries(metadata)) this.#say(this.#metadata, name, { value, atMs, key });
    if (this.#metadata.size > 2 * MAX_METADATA_KEYS)
      for (const name of this.#names(MAX_METADATA_KEYS)) this.#forget(name);
    // Most updates say nothing of the trace.
    if (Object.keys(trace).length > 0) this.#statements.push({ atMs, by: key, trace });
    this.#count += 1;
    this.#firstMs = Math.min(this.#firstMs, firstMs);
  }

  /** What the pieces of both say: none is in the two. */
  with(other: Fold): Fold {
    const both = new Fold();
    for (const fold of [this, other]) {
      for (const [field, said] of fold.#fields) both.#say(both.#fields, field, said);
      for (const [name, said] of fold.#metadata) both.#say(both.#metadata, name, said);
      both.#statements.push(...fold.#statements);
      both.#isSpan ||= fold.#isSpan;
      both.#count += fold.#count;
      both.#firstMs = Math.min(both.#firstMs, fold.#firstMs);
    }
    return both;
  }

  get fields(): Omit<PieceFields, 'metadata'> {
    const fields = Object.fromEntries([...this.#fields].map(([field, { value }]) => [field, value]));
    return this.#isSpan ? { type: 'span', ...fields } : fields;
  }

  get metadata(): Map<string, Json> {
    const kept = new Map<string, Json>();
    for (const name of this.#names(0).slice(0, MAX_METADATA_KEYS))
      kept.set(name, this.#metadata.get(name)?.value ?? null);
    return kept;
  }

  /** What its pieces say of the trace. */
  get statements(): NonNullable<Observation['statements']> {
    return this.#statements;
  }

  /** How many pieces it is of. */
  get count(): number {
    return this.#count;
  }

  /** The earliest moment that a piece tells of. */
  get firstMs(): number {
    return this.#firstMs;
  }

  /** About how many characters it holds. */
  get characters(): number {
    return this.#characters;
  }

  /** Of the metadata, in order, without the first `from`. */
  #names(from: number): string[] {
    return [...this.#metadata.keys()].sort().slice(from);
  }

  #forget(name: string): void {
    this.#characters -= this.#metadata.get(name)?.characters ?? 0;
    this.#metadata.delete(name);
  }

  #say(of: Map<string, Said>, name: string, said: Omit<Said, 'characters'>): void {
    const before = of.get(name);
    if (before !== undefined && (before.atMs - said.atMs || (before.key < said.key ? -1 : 1)) > 0) return;
    const { value } = said;
    const characters = name.length + (typeof value === 'string' ? value.length : JSON.stringify(value).length);
    this.#characters += characters - (before?.characters ?? 0);
    of.set(name, { ...said, characters });
  }
}

/** The pieces of one observation, which may be of several traces: what names no trace belongs to each that others name. */
export class PieceGroup {
  readonly #byTrace = new Map<string | null, Fold>();

  static of(pieces: readonly Piece[]): PieceGroup {
    const group = new PieceGroup();
    for (const piece of pieces) group.add(piece);
    return group;
  }

  add(piece: Piece): void {
    const fold = this.#byTrace.get(piece.traceId) ?? new Fold();
    this.#byTrace.set(piece.traceId, fold);
    fold.add(piece);
  }

  get traceIds(): readonly string[] {
    return [...this.#byTrace.keys()].filter((id) => id !== null);
  }

  of(traceId: string): Fold {
    const [own, ofAll] = [this.#byTrace.get(traceId) ?? new Fold(), this.#byTrace.get(null)];
    return ofAll === undefined ? own : own.with(ofAll);
  }

  /** About how many characters it holds. */
  get characters(): number {
    let sum = 0;
    for (const fold of this.#byTrace.values()) sum += fold.characters;
    return sum;
  }
}
