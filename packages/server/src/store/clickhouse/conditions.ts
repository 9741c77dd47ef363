import type { Parameter } from './connection.js';

/** Conditions, all of which hold, with the parameters that they need. */
export interface Conditions {
  readonly sql: string[];
  readonly parameters: Record<string, Parameter>;
}

export const IN_PROJECT = 'project_id = {project:String}';

export const TRACES_OF_SESSION = `SELECT trace_id FROM session_traces FINAL
  WHERE ${IN_PROJECT} AND session_id = {session:String} AND is_alive = 1`;
