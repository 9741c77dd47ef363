/** What a store says of itself, for metrics. Null where it is not known. */
export interface StoreFigures {
  readonly databaseBytes: number | null;
  readonly logBytes: number | null;
  /** Traces whose digest is due, now or later, counted to `MAX_FIGURE`. */
  readonly digestsDue: number | null;
  /** Milliseconds since the first of them was due; 0 when none is overdue. */
  readonly digestLagMs: number | null;
  /** Deleted traces of which rows are still in the file, counted to `MAX_FIGURE`. */
  readonly purgesDue: number | null;
}

export const MAX_FIGURE = 10_000;

/** What can be said in the time of a small query. */
export type WorkFigures = Pick<StoreFigures, 'digestsDue' | 'digestLagMs' | 'purgesDue'>;

export const UNKNOWN_WORK: WorkFigures = { digestsDue: null, digestLagMs: null, purgesDue: null };
