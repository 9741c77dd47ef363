/** What some sessions come to. */
export interface OverviewFigures {
  readonly sessionCount: number;
  readonly userCount: number;
  /** Sessions with an error, and errors in all. */
  readonly failedSessionCount: number;
  readonly errorCount: number;
  readonly totalTokens: number;
  /** In US dollars; null when none of the sessions has a cost. */
  readonly totalCost: number | null;
  /** How long their traces took, milliseconds: half of them, and 95 of 100, no longer than this. Null where none was looked at. */
  readonly latencyP50Ms: number | null;
  readonly latencyP95Ms: number | null;
}

/** The figures of the sessions that have a value in common. A session with several models or tags is in several rows. */
export interface OverviewRow extends OverviewFigures {
  /** The text of a filter; of a day `2026-01-31`. */
  readonly value: string;
}

/** Sessions at a glance. Each figure is that of the sessions which a list with the same filter shows. */
export interface Overview {
  readonly total: OverviewFigures;
  /** By the day on which a session starts, in order; days without sessions are left out. */
  readonly days: readonly OverviewRow[];
  /** The 20 with the most sessions. */
  readonly models: readonly OverviewRow[];
  readonly environments: readonly OverviewRow[];
  readonly tags: readonly OverviewRow[];
  /** False where so many sessions match that only the latest of them are counted. */
  readonly isExact: boolean;
  /** Traces whose time is in the latencies: the latest of the sessions. */
  readonly measuredTraceCount: number;
}
