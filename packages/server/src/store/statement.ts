import type { Json } from '@powerrag/protocol';
import type { Observation, TraceFields } from '../observation.js';
import { compareText } from './order.js';

/** A value with when and by which observation it was said. Of two, the later stands, then the greater id, then the greater text. */
export interface Said<T> {
  readonly atMs: number;
  /** Id of the observation. */
  readonly by: string;
  readonly value: T;
}

type Field = Exclude<keyof TraceFields, 'tags' | 'metadata'>;
type FieldValue<F extends Field> = NonNullable<TraceFields[F]>;
type SaidFields = { [F in Field]?: Said<FieldValue<F>> };

const FIELDS = [
  'name',
  'sessionId',
  'userId',
  'input',
  'output',
  'public',
  'release',
  'version',
  'environment',
] as const satisfies readonly Field[];

/**
 * What the observations of a trace have said of it so far. Absorbing is idempotent and commutative: each field, and each
 * key of the metadata, is a last-writer-wins register; tags only grow. Of too many keys or tags the least in order are kept,
 * which are the same whatever came first.
 */
export class TraceStatement {
  readonly fields: SaidFields = {};
  readonly metadata = new Map<string, Said<Json>>();
  readonly tags = new Set<string>();

  absorb({ id, startMs, endMs, trace }: Pick<Observation, 'id' | 'startMs' | 'endMs' | 'trace'>): void {
    const atMs = endMs ?? startMs;
    for (const field of FIELDS) this.#absorbField(field, trace, atMs, id);
    for (const [key, value] of Object.entries(trace.metadata ?? {})) {
      const said = { atMs, by: id, value };
      if (stands(said, this.metadata.get(key))) this.metadata.set(key, said);
    }
    keepLeast(this.metadata, MAX_METADATA_KEYS);
    for (const tag of trace.tags ?? []) this.tags.add(tag);
    keepLeast(this.tags, MAX_TAGS);
  }

  #absorbField<F extends Field>(field: F, trace: TraceFields, atMs: number, by: string): void {
    const value: TraceFields[F] = trace[field];
    if (value === undefined) return;
    const fields: { [K in F]?: Said<NonNullable<TraceFields[F]>> } = this.fields;
    const said = { atMs, by, value };
    if (stands(said, fields[field])) fields[field] = said;
  }

  /** The fields as they stand. What nobody mentioned is absent. */
  read(): TraceFields {
    const entries: [string, Json][] = [];
    for (const field of FIELDS) {
      const said = this.fields[field];
      if (said !== undefined) entries.push([field, said.value]);
    }
    return {
      ...Object.fromEntries(entries),
      ...(this.tags.size > 0 ? { tags: [...this.tags].sort(compareText) } : {}),
      ...(this.metadata.size > 0
        ? { metadata: Object.fromEntries([...this.metadata].sort(byKey).map(([key, { value }]) => [key, value])) }
        : {}),
    };
  }
}

/** Tags of a trace, and keys of its metadata, its observations together. */
const MAX_TAGS = 1_000;
const MAX_METADATA_KEYS = 1_000;

function keepLeast(all: Map<string, unknown> | Set<string>, limit: number): void {
  if (all.size <= limit) return;
  for (const key of [...all.keys()].sort(compareText).slice(limit)) all.delete(key);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b);
}

function stands(said: Said<Json>, over: Said<Json> | undefined): boolean {
  if (over === undefined) return true;
  if (said.atMs !== over.atMs) return said.atMs > over.atMs;
  if (said.by !== over.by) return said.by > over.by;
  return JSON.stringify(said.value) > JSON.stringify(over.value);
}
