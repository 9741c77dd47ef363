import type { BodyTexts } from '../observation/observation.js';
import type { SearchEntry } from '../search/index.js';
import type { StoredObservation, StoredTrace } from './contract.js';
import type { LogEvent } from './log-events.js';

/** What is derived from the words of a trace, after it was stored. */
export interface TraceDigest {
  /** The title that the application gave the session on this trace. */
  readonly title: string | null;
  /** Its first question on one line, `LONGEST_LINE` characters at most. */
  readonly question: string | null;
  /** The first line of its last answer, `LONGEST_LINE` characters at most. */
  readonly answer: string | null;
  /** Questions with their answers, and work without words, as a replay of this trace alone shows them. */
  readonly turnCount: number;
  /** What search finds, in the order in which it was said. */
  readonly entries: readonly SearchEntry[];
}

/** In UTF-16 code units. */
export const LONGEST_LINE = 200;

/** What a digest reads of a trace. */
export interface TraceToDigest {
  readonly trace: StoredTrace;
  /** Oldest start first; of a trace with more, the first `MAX_DIGESTED`. */
  readonly observations: readonly StoredObservation[];
  readBody(observationId: string): BodyTexts | null;
  /** What logs say of it, by time. */
  readLogEvents(observationId: string): readonly LogEvent[];
}

/** Observations of a trace that its digest is made from. Limits how long the digest of one trace takes. */
export const MAX_DIGESTED = 10_000;

/** Pure: the same trace gives the same digest, whenever and however often. */
export type DigestTrace = (trace: TraceToDigest) => TraceDigest;

/** Of a trace that says nothing. */
export const EMPTY_DIGEST: TraceDigest = { title: null, question: null, answer: null, turnCount: 0, entries: [] };

/** For a store that is not asked for names or words. */
export const NO_DIGEST: DigestTrace = () => EMPTY_DIGEST;

/** Sessions take their names from digests, which a store makes after the commit. */
export interface Digests {
  /** Resolves when names, last answers, numbers of turns and search follow from everything that is stored. For tests. */
  digested(): Promise<void>;
}
