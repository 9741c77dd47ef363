import type { SessionSummary } from './replay.js';

/** Where a text was said: in a question, in an answer, as the name of a tool or of another observation, or as an error. */
export const SEARCH_KINDS = ['question', 'answer', 'tool', 'error', 'observation'] as const;

export type SearchKind = (typeof SEARCH_KINDS)[number];

/** Where something was found. */
export interface SearchMatch {
  readonly traceId: string;
  readonly observationId: string;
  readonly kind: SearchKind;
  /** When it was said, Unix milliseconds. */
  readonly atMs: number;
  /** The text around what was found, 200 characters at most. Plain text: it may hold anything, HTML too. */
  readonly text: string;
  /** The parts of `text` that were asked for, in order, not overlapping: UTF-16 code units, the end excluded. */
  readonly ranges: readonly (readonly [start: number, end: number])[];
}

/** A session in which something was found. */
export interface SearchResult {
  readonly session: SessionSummary;
  /** Three at most, oldest first. */
  readonly matches: readonly SearchMatch[];
}
