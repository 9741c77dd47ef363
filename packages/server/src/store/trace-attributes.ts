import type { Json } from '@powerrag/protocol';
import {
  IdStrengths,
  type Observation,
  type PlaceField,
  PlaceStrengths,
  type TraceAttributes,
} from '../observation/observation.js';
import { compareText } from './order.js';

/**
 * A value with its source: when and by which observation it was set. Of two values the one with the lower `strength` wins; of
 * equally strong ones the later, then the greater observation id, then the greater text.
 */
export interface Sourced<T> {
  readonly atMs: number;
  /** Id of the observation. */
  readonly by: string;
  readonly value: T;
  /** Absent for fields without strengths, and in rows from before there were strengths. */
  readonly strength?: number;
  /** Start of the observation, for a `PlaceField`. */
  readonly startMs?: number;
}

type Field = Exclude<
  keyof TraceAttributes,
  'tags' | 'metadata' | 'sessionIdStrength' | 'conversationIds' | 'placeStrengths'
>;
type FieldValue<F extends Field> = NonNullable<TraceAttributes[F]>;
type SourcedFields = { [F in Field]?: Sourced<FieldValue<F>> };
/** What of an observation is merged into its trace. */
export type Source = Pick<Observation, 'id' | 'parentId' | 'startMs' | 'endMs' | 'trace' | 'statements'>;

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

/** A place field on the root is stronger than any `PlaceStrength`. */
export const BY_ROOT = 1;

/** Session ids kept per trace: the first in text order, so that the order of arrival does not change which. */
const MAX_SESSION_IDS = 100;

/** What has to be kept of a trace to merge more into it. */
export type Merged = Pick<MergedTraceAttributes, 'fields' | 'metadata' | 'tags' | 'sessionIds' | 'isRooted'>;

/**
 * The attributes of one trace, merged from its observations. Merging is idempotent and commutative: each field, and each
 * metadata key, keeps the value that wins by a fixed order; tags and ids are united. Of too many keys, tags or ids the first in
 * text order are kept, whatever arrived first.
 *
 * - Session id: the one under the strongest key (`IdStrengths`); of equally strong ones the later. Every other id that was seen
 *   is a conversation id of the trace.
 * - Release, version and environment: those of the root. Without them, those set for the trace or by the resource
 *   (`PlaceStrengths`); those that another span sets for itself count only until a root arrives. Of equally strong ones the
 *   span that starts first wins.
 * - Everything else: the later one.
 */
export class MergedTraceAttributes {
  readonly fields: SourcedFields = {};
  readonly metadata = new Map<string, Sourced<Json>>();
  readonly tags = new Set<string>();
  /** Every session id that was seen, the current one included. */
  readonly sessionIds = new Set<string>();
  /** Whether a root has arrived. */
  isRooted = false;

  merge(observation: Source): void {
    const { parentId, statements = [] } = observation;
    if (parentId === null) this.isRooted = true;
    this.#mergeOne(observation);
    // Of places the first start wins: of what was said in pieces the last is to.
    for (const { atMs, by, trace } of statements) {
      this.#mergeOne({ id: by, parentId, startMs: -atMs, endMs: atMs, trace });
    }
  }

  #mergeOne(observation: Source): void {
    const { id, startMs, endMs, trace } = observation;
    const atMs = endMs ?? startMs;
    for (const field of FIELDS) this.#mergeField(field, observation, atMs);
    for (const [key, value] of Object.entries(trace.metadata ?? {})) {
      const sourced = { atMs, by: id, value };
      if (wins(sourced, this.metadata.get(key))) this.metadata.set(key, sourced);
    }
    keepFirst(this.metadata, MAX_METADATA_KEYS);
    for (const tag of trace.tags ?? []) this.tags.add(tag);
    keepFirst(this.tags, MAX_TAGS);
    this.#rememberIds(trace);
  }

  #mergeField<F extends Field>(field: F, observation: Source, atMs: number): void {
    const value: TraceAttributes[F] = observation.trace[field];
    if (value === undefined) return;
    const fields: { [K in F]?: Sourced<NonNullable<TraceAttributes[F]>> } = this.fields;
    const sourced = { atMs, by: observation.id, value, ...strengthOf(field, observation) };
    if (isPlace(field) ? placeWins(sourced, fields[field]) : wins(sourced, fields[field])) fields[field] = sourced;
  }

  #rememberIds({ sessionId, conversationIds = [] }: TraceAttributes): void {
    if (sessionId === undefined) return;
    this.sessionIds.add(sessionId);
    for (const id of conversationIds) this.sessionIds.add(id);
    if (this.sessionIds.size <= MAX_SESSION_IDS) return;
    for (const id of [...this.sessionIds].sort(compareText).slice(MAX_SESSION_IDS)) this.sessionIds.delete(id);
  }

  /** The current value of a field. */
  value<F extends Field>(field: F): TraceAttributes[F] | undefined {
    const sourced: Sourced<TraceAttributes[F]> | undefined = this.fields[field];
    const isOverruled = isPlace(field) && this.isRooted && sourced?.strength === PlaceStrengths.own;
    return isOverruled ? undefined : sourced?.value;
  }

  /** The session ids that were seen and are not the current one, in text order. */
  conversationIds(): string[] {
    return [...this.sessionIds].filter((id) => id !== this.fields.sessionId?.value).sort(compareText);
  }

  /** All current values. A field that no observation set is absent. */
  toAttributes(): TraceAttributes {
    const entries: [string, Json][] = [];
    for (const field of FIELDS) {
      const value = this.value(field);
      if (value !== undefined) entries.push([field, value]);
    }
    const conversationIds = this.conversationIds();
    return {
      ...Object.fromEntries(entries),
      ...(conversationIds.length > 0 ? { conversationIds } : {}),
      ...(this.tags.size > 0 ? { tags: [...this.tags].sort(compareText) } : {}),
      ...(this.metadata.size > 0
        ? { metadata: Object.fromEntries([...this.metadata].sort(byKey).map(([key, { value }]) => [key, value])) }
        : {}),
    };
  }
}

/** Per trace, over all its observations. */
const MAX_TAGS = 1_000;
const MAX_METADATA_KEYS = 1_000;

function keepFirst(all: Map<string, unknown> | Set<string>, limit: number): void {
  if (all.size <= limit) return;
  for (const key of [...all.keys()].sort(compareText).slice(limit)) all.delete(key);
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return compareText(a, b);
}

export function isPlace(field: string): field is PlaceField {
  return field === 'release' || field === 'version' || field === 'environment';
}

function strengthOf(field: Field, { parentId, startMs, trace }: Source): Pick<Sourced<Json>, 'strength' | 'startMs'> {
  if (field === 'sessionId') return { strength: trace.sessionIdStrength ?? IdStrengths.explicit };
  if (!isPlace(field)) return {};
  return { strength: parentId === null ? BY_ROOT : (trace.placeStrengths?.[field] ?? PlaceStrengths.own), startMs };
}

/** An id in a row from before there were strengths may have been explicit, and is treated as explicit. */
function wins(sourced: Sourced<Json>, over: Sourced<Json> | undefined): boolean {
  if (over === undefined) return true;
  const [a, b] = [sourced.strength ?? IdStrengths.explicit, over.strength ?? IdStrengths.explicit];
  return a === b ? isLater(sourced, over) : a < b;
}

/** A row from before there were strengths does not know its source: a root, and anything set for the trace, wins over it. */
function placeWins(sourced: Sourced<Json>, over: Sourced<Json> | undefined): boolean {
  if (over === undefined) return true;
  const [a, b] = [sourced.strength ?? PlaceStrengths.resource, over.strength ?? PlaceStrengths.resource];
  if (a !== b) return a < b;
  const [startOfA, startOfB] = [sourced.startMs ?? sourced.atMs, over.startMs ?? over.atMs];
  if (startOfA !== startOfB) return startOfA < startOfB;
  return sourced.by === over.by ? isLater(sourced, over) : sourced.by < over.by;
}

function isLater(sourced: Sourced<Json>, over: Sourced<Json>): boolean {
  if (sourced.atMs !== over.atMs) return sourced.atMs > over.atMs;
  if (sourced.by !== over.by) return sourced.by > over.by;
  return JSON.stringify(sourced.value) > JSON.stringify(over.value);
}
