import { createHash } from 'node:crypto';
import type { Observation, TraceAttributes } from '../../observation/observation.js';
import type { Source } from '../trace-attributes.js';
import type { Row } from './connection.js';
import type { NewContents } from './contents.js';

/** What one version of an observation says of its trace, with what decides whether it wins (see `MergedTraceAttributes`). */
export interface Statement {
  readonly id: string;
  readonly parentId: string | null;
  readonly startMs: number;
  readonly endMs: number | null;
  readonly trace: TraceAttributes;
  readonly statements: NonNullable<Observation['statements']>;
}

export interface StatementRow {
  readonly trace_id: string;
  readonly hash: string;
  readonly said: string;
  readonly input: string;
  readonly output: string;
}

/** A root that says nothing else is still known to have come. All of them are one statement. */
const ROOT: Statement = { id: '', parentId: null, startMs: 0, endMs: 0, trace: {}, statements: [] };

/** The row of what an observation says of its trace; null when it says nothing. */
export function statementRow(
  projectId: string,
  observation: Source & Pick<Observation, 'traceId'>,
  contents: NewContents,
): Row | null {
  const { traceId, id, parentId, startMs, endMs, trace, statements = [] } = observation;
  const saysNothing = Object.keys(trace).length === 0 && statements.length === 0;
  if (saysNothing && parentId !== null) return null;
  const { input, output, ...short } = trace;
  const recipes = { input: contents.add(input), output: contents.add(output) };
  const statement: Statement = saysNothing ? ROOT : { id, parentId, startMs, endMs, trace: short, statements };
  const said = JSON.stringify(statement);
  const hash = createHash('sha256')
    .update(JSON.stringify([said, recipes]))
    .digest('hex')
    .slice(0, 32);
  return { project_id: projectId, trace_id: traceId, hash, said, ...recipes, version: 0 };
}

/** The statement with the recipes of its input and output in the place of the texts. */
export function readStatement({ said, input, output }: StatementRow): Statement {
  const statement = JSON.parse(said) as Statement;
  const recipes = { ...(input === '' ? {} : { input }), ...(output === '' ? {} : { output }) };
  return { ...statement, trace: { ...statement.trace, ...recipes } };
}
