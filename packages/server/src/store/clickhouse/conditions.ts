import type { Parameter } from './connection.js';

/** Conditions, all of which hold, with the parameters that they need. */
export interface Conditions {
  readonly sql: string[];
  readonly parameters: Record<string, Parameter>;
}

export const IN_PROJECT = 'project_id = {project:String}';

export const TRACES_OF_SESSION = `SELECT trace_id FROM session_traces FINAL
  WHERE ${IN_PROJECT} AND session_id = {session:String} AND is_alive = 1`;

/**
 * Whether a column has a value of any of the queries. Not one `IN` with their union: on a cluster ClickHouse (26.7) does not take a
 * union of spread tables there ("Invalid local IN function name globalIn").
 */
export function inAny(column: string, queries: readonly string[]): string {
  return `(${queries.map((query) => `${column} IN (${query})`).join(' OR ')})`;
}
