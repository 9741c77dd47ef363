import type { Json } from '@powerrag/protocol';
import {
  IdStrengths,
  type Observation,
  type PlaceField,
  PlaceStrengths,
  type TraceFields,
} from '../observation/observation.js';
import { compareText } from './order.js';

/**
 * A value with when and by which observation it was said. Of two, the more firmly said one stands (`strength`, the lowest);
 * among equals the later, then the greater id, then the greater text.
 */
export interface Said<T> {
  readonly atMs: number;
  /** Id of the observation. */
  readonly by: string;
  readonly value: T;
  /** Absent for what is always said equally firmly, and in rows from before there were strengths. */
  readonly strength?: number;
  /** Start of the observation, for a `PlaceField`. */
  readonly startMs?: number;
}

type Field = Exclude<
  keyof TraceFields,
  'tags' | 'metadata' | 'sessionIdStrength' | 'conversationIds' | 'placeStrengths'
>;
type FieldValue<F extends Field> = NonNullable<TraceFields[F]>;
type SaidFields = { [F in Field]?: Said<FieldValue<F>> };
type Speaker = Pick<Observation, 'id' | 'parentId' | 'startMs' | 'endMs' | 'trace' | 'statements'>;

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

/** What a root says of the place of its trace is stronger than any `PlaceStrength`. */
const BY_ROOT = 1;

/** How many ids of sessions a trace remembers: the least by text, so that no order of arrival changes which. */
const MAX_SESSION_IDS = 100;

/**
 * What the observations of a trace have said of it so far. Absorbing is idempotent and commutative: each field, and each
 * key of the metadata, is a register with one order of standing; tags and ids only grow. Of too many keys, tags or ids the least
 * in order are kept, which are the same whatever came first.
 *
 * - The session is the id under the strongest key (`IdStrengths`); of equally strong ones the later stands. Every other id
 *   that was named is a conversation within the trace.
 * - Release, version and environment are the root's. Where the root is silent, what was said of the trace or by the resource
 *   stands (`PlaceStrengths`); what another span says of itself only until a root comes. Among equals the span that starts
 *   first stands.
 * - Of all else the later stands.
 */
export class TraceStatement {
  readonly fields: SaidFields = {};
  readonly metadata = new Map<string, Said<Json>>();
  readonly tags = new Set<string>();
  /** Every id of a session that was named, whether or not it stands. */
  readonly sessionIds = new Set<string>();
  /** Whether a root has spoken. */
  isRooted = false;

  absorb(observation: Speaker): void {
    const { parentId, statements = [] } = observation;
    if (parentId === null) this.isRooted = true;
    this.#hear(observation);
    // Of places the first start stands: of what was said in pieces the last is to.
    for (const { atMs, by, trace } of statements) this.#hear({ id: by, parentId, startMs: -atMs, endMs: atMs, trace });
  }

  #hear(observation: Speaker): void {
    const { id, startMs, endMs, trace } = observation;
    const atMs = endMs ?? startMs;
    for (const field of FIELDS) this.#absorbField(field, observation, atMs);
    for (const [key, value] of Object.entries(trace.metadata ?? {})) {
      const said = { atMs, by: id, value };
      if (stands(said, this.metadata.get(key))) this.metadata.set(key, said);
    }
    keepLeast(this.metadata, MAX_METADATA_KEYS);
    for (const tag of trace.tags ?? []) this.tags.add(tag);
    keepLeast(this.tags, MAX_TAGS);
    this.#remember(trace);
  }

  #absorbField<F extends Field>(field: F, observation: Speaker, atMs: number): void {
    const value: TraceFields[F] = observation.trace[field];
    if (value === undefined) return;
    const fields: { [K in F]?: Said<NonNullable<TraceFields[F]>> } = this.fields;
    const said = { atMs, by: observation.id, value, ...strengthOf(field, observation) };
    if (isPlace(field) ? standsInPlace(said, fields[field]) : stands(said, fields[field])) fields[field] = said;
  }

  #remember({ sessionId, conversationIds = [] }: TraceFields): void {
    if (sessionId === undefined) return;
    this.sessionIds.add(sessionId);
    for (const id of conversationIds) this.sessionIds.add(id);
    if (this.sessionIds.size <= MAX_SESSION_IDS) return;
    for (const id of [...this.sessionIds].sort(compareText).slice(MAX_SESSION_IDS)) this.sessionIds.delete(id);
  }

  /** The field as it stands. */
  value<F extends Field>(field: F): TraceFields[F] | undefined {
    const said: Said<TraceFields[F]> | undefined = this.fields[field];
    const isOverruled = isPlace(field) && this.isRooted && said?.strength === PlaceStrengths.own;
    return isOverruled ? undefined : said?.value;
  }

  /** The ids that were named beside that of the session, in order. */
  conversationIds(): string[] {
    return [...this.sessionIds].filter((id) => id !== this.fields.sessionId?.value).sort(compareText);
  }

  /** The fields as they stand. What nobody mentioned is absent. */
  read(): TraceFields {
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

function isPlace(field: Field): field is PlaceField {
  return field === 'release' || field === 'version' || field === 'environment';
}

function strengthOf(field: Field, { parentId, startMs, trace }: Speaker): Pick<Said<Json>, 'strength' | 'startMs'> {
  if (field === 'sessionId') return { strength: trace.sessionIdStrength ?? IdStrengths.explicit };
  if (!isPlace(field)) return {};
  return { strength: parentId === null ? BY_ROOT : (trace.placeStrengths?.[field] ?? PlaceStrengths.own), startMs };
}

/** A row from before there were strengths holds an id that may have been explicit: it is taken for one. */
function stands(said: Said<Json>, over: Said<Json> | undefined): boolean {
  if (over === undefined) return true;
  const [a, b] = [said.strength ?? IdStrengths.explicit, over.strength ?? IdStrengths.explicit];
  return a === b ? isLater(said, over) : a < b;
}

/** A row from before there were strengths does not know who spoke: any root, and anything said of the trace, overrules it. */
function standsInPlace(said: Said<Json>, over: Said<Json> | undefined): boolean {
  if (over === undefined) return true;
  const [a, b] = [said.strength ?? PlaceStrengths.resource, over.strength ?? PlaceStrengths.resource];
  if (a !== b) return a < b;
  const [startOfA, startOfB] = [said.startMs ?? said.atMs, over.startMs ?? over.atMs];
  if (startOfA !== startOfB) return startOfA < startOfB;
  return said.by === over.by ? isLater(said, over) : said.by < over.by;
}

function isLater(said: Said<Json>, over: Said<Json>): boolean {
  if (said.atMs !== over.atMs) return said.atMs > over.atMs;
  if (said.by !== over.by) return said.by > over.by;
  return JSON.stringify(said.value) > JSON.stringify(over.value);
}
