import type { SqlValue, Statement } from './driver.js';

export type Prepare = (sql: string) => Statement;

/** A condition of a query with its bound values. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

/** A condition with a way to find the rows that meet it. */
export interface FindingCondition extends Condition {
  /** Selects the key of each row that may meet it, each once. */
  readonly source: Condition;
  /** How many rows the source reads, counted up to `limit`. */
  size(limit: number): number;
  /** The source gives all rows that meet the condition and no others, and `size` is their number. */
  readonly isExact?: boolean;
  /** The indexes of `traces` that have the rows that meet it one after another, by start and by end. Absent if no index has them so. */
  readonly inOrder?: Readonly<Record<'start' | 'end', string>>;
}

/**
 * A list starts from the rows that meet its rarest condition, where those are at most this many; they are then put in order.
 * Otherwise it reads rows in order, and leaves out those that do not match: so many match that a page is soon full.
 */
const MAX_STARTED_FROM = 5_000;

/** The condition that the fewest rows meet; null where all have more than `most`. */
export function rarest<T extends FindingCondition = FindingCondition>(
  conditions: readonly (Condition | T)[],
  most = MAX_STARTED_FROM,
): T | null {
  let found: T | null = null;
  let least = most + 1;
  for (const condition of conditions) {
    if (!('source' in condition)) continue;
    const size = condition.size(least);
    if (size >= least) continue;
    found = condition;
    least = size;
  }
  return found;
}

export function boundedCount({ sql, values }: Condition, limit: number, prepare: Prepare): number {
  const counted = prepare(`SELECT count(*) AS count FROM (${sql} LIMIT ?)`).get(...values, limit);
  return (counted as { count: number }).count;
}

/** What follows the condition on the project. */
export function and(conditions: readonly Condition[]): string {
  return conditions.map(({ sql }) => ` AND ${sql}`).join('');
}
