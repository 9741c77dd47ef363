/** What a row of the list shows beside the summary of its session. */
export interface SessionActivity {
  readonly sessionId: string;
  /**
   * What was recorded in equal stretches of the session, from its start to its last activity: observations, each trace's spread evenly
   * over its time, and errors likewise, as parts of the busiest stretch (0 to 1). Empty where the session has no duration.
   */
  readonly activity: readonly number[];
  readonly errors: readonly number[];
  /** Scores on the session and on all in it, by name, in order of name; 20 names at most. */
  readonly scores: readonly ActivityScore[];
  /** How many comments there are. */
  readonly commentCount: number;
}

/** What the scores of one name come to. */
export interface ActivityScore {
  readonly name: string;
  readonly dataType: 'NUMERIC' | 'BOOLEAN' | 'CATEGORICAL' | null;
  /** The mean of those that are numbers or booleans; null where none is. */
  readonly value: number | null;
  /** The value of the latest score if that is a category; null if it is a number or a boolean. */
  readonly stringValue: string | null;
  readonly count: number;
}
