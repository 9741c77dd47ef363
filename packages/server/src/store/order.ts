import { createHash } from 'node:crypto';
import { jsonLength } from '../base/json-length.js';
import type { Observation } from '../observation/observation.js';
import type { StoredObservation } from './contract.js';

/** Negative, zero or positive, as for `sort`. By code point, as SQLite orders text; `<` on strings orders by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const shorter = Math.min(a.length, b.length);
  let at = 0;
  while (at < shorter && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  // Below the surrogates a unit is a code point; what comes later decides nothing.
  return at < shorter && a.charCodeAt(at) < SURROGATES && b.charCodeAt(at) < SURROGATES
    ? a.charCodeAt(at) - b.charCodeAt(at)
    : Buffer.compare(Buffer.from(a), Buffer.from(b));
}

const SURROGATES = 0xd800;

/** Oldest start first, then by id: the order of `listObservations`. */
export function byStart(a: StoredObservation, b: StoredObservation): number {
  return a.startMs - b.startMs || compareText(a.id, b.id) || compareText(a.traceId, b.traceId);
}

/** What decides which of two versions of an observation stands, before their texts do. */
export interface VersionRank {
  /** Of how many pieces it was put together; 0 for one that came whole. */
  readonly pieceCount: number;
  readonly endMs: number | null;
  /** How much the version carries: the length of its text. */
  readonly weight: number;
}

/**
 * A version in one fixed writing: two versions are the same when their texts are. Without the trace attributes, which are merged
 * separately, and without an estimated cost, so that new prices do not make a new version of what is sent again.
 */
export function versionText(version: Version): string {
  return textWith(version, version.body.input, version.body.output);
}

/** The length of the text of a version, which is not made. */
export function versionLength(version: Version): number {
  const { input, output } = version.body;
  const more = (text: string | null) => (text === null ? 0 : jsonLength(text) - 'null'.length);
  return textWith(version, null, null).length + more(input) + more(output);
}

type Version = Omit<Observation, 'trace' | 'statements' | 'pieceCount'>;

function textWith(o: Version, input: string | null, output: string | null): string {
  const cost = o.costEstimated ? {} : o.cost;
  return JSON.stringify([
    [o.type, o.name, o.parentId, o.startMs, o.endMs, o.firstTokenMs, o.level, o.statusMessage],
    [o.service, o.scope, o.environment, o.version, o.model, o.provider, o.modelParameters, o.usage, cost],
    o.prompt === null ? null : [o.prompt.name, o.prompt.version],
    [input, output, o.body.metadata],
    o.body.events.map((event) => [event.name, event.timeMs, event.attributes]),
  ]);
}

/** Positive when `a` stands over `b`, negative when `b` does, zero when only their texts can tell. */
export function compareRanks(a: VersionRank, b: VersionRank): number {
  if (a.pieceCount !== b.pieceCount) return a.pieceCount - b.pieceCount;
  return (a.endMs ?? Number.NEGATIVE_INFINITY) === (b.endMs ?? Number.NEGATIVE_INFINITY)
    ? a.weight - b.weight
    : (a.endMs ?? Number.NEGATIVE_INFINITY) - (b.endMs ?? Number.NEGATIVE_INFINITY);
}

/** Which of two versions of equal rank stands, by their texts: positive when `a` does. Arbitrary, but the same everywhere. */
export function compareVersionTexts(a: string, b: string): number {
  if (a === b) return 0;
  const [digestOfA, digestOfB] = [versionDigest(a), versionDigest(b)];
  return digestOfA === digestOfB ? compareText(a, b) : digestOfA > digestOfB ? 1 : -1;
}

/** The first 64 bits of the SHA-256 of a version's text. */
export function versionDigest(text: string): bigint {
  return createHash('sha256').update(text).digest().readBigUInt64BE();
}
