import type { SearchKind } from '@powerrag/protocol';

/** One text of a trace that search finds. */
export interface SearchEntry {
  readonly kind: SearchKind;
  /** The observation that the text belongs to. */
  readonly observationId: string;
  /** Unix milliseconds. */
  readonly atMs: number;
  readonly text: string;
}
