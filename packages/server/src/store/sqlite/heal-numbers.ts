import type { ObservationLevel, ObservationType } from '@powerrag/protocol';
import { MAX_UNIX_MS } from '../../observation/observation.js';
import { type SpendFacts, spendOfTrace } from '../spend.js';
import { MOST, sumTotals, TOTALS_FIELDS, type Totals, totalsOf } from '../totals.js';
import type { Database } from './driver.js';
import { readNumbers } from './numbers.js';
import { readTotals, TOTALS_COLUMNS, type TotalsRow } from './totals-columns.js';

/** Until this step one observation counted for at most this much: billionths of a dollar, or tokens. */
const MOST_BEFORE = 1e12;

/** Whether a row of `observations` has a number that was capped when it was counted. */
const WAS_CAPPED = `EXISTS (SELECT 1 FROM json_each(usage) WHERE abs(value) > ${MOST_BEFORE})
  OR abs(json_extract(cost, '$.total')) > ${MOST_BEFORE / 1e9}`;

/** The columns that there were at this step. */
const COLUMNS = TOTALS_COLUMNS.filter((column) => column !== 'estimated_count');
const FIELDS = TOTALS_FIELDS.filter((field) => field !== 'estimatedCount');
const IS_AT_BOUND = COLUMNS.map((column) => `abs(${column}) >= ${MOST}`).join(' OR ');

/**
 * Caps the totals of older files (`node:sqlite` refuses to read rows above the bound), recounts what was capped, and removes
 * invalid times to first token.
 */
export function healNumbers(database: Database): void {
  const clamped = COLUMNS.map((column) => `${column} = max(-${MOST}, min(${MOST}, ${column}))`).join(', ');
  database.exec(`
    UPDATE traces SET ${clamped} WHERE ${IS_AT_BOUND};
    UPDATE sessions SET ${clamped} WHERE ${IS_AT_BOUND};
    UPDATE observations SET first_token_ms = NULL WHERE NOT first_token_ms BETWEEN 0 AND ${MAX_UNIX_MS};
  `);
  const keys = (sql: string) => (database.prepare(sql).all() as { key: number }[]).map(({ key }) => key);
  const traces = keys(
    `SELECT DISTINCT trace_key AS key FROM observations WHERE ${WAS_CAPPED}
    UNION SELECT trace_key FROM traces WHERE ${IS_AT_BOUND}`,
  );
  const sessions = new Set(keys(`SELECT session_key AS key FROM sessions WHERE ${IS_AT_BOUND}`));
  const sessionOf = database.prepare('SELECT session_key AS key FROM traces WHERE trace_key = ?');
  const observationsOf = database.prepare(
    'SELECT observation_id, parent_id, type, model, level, usage, cost FROM observations WHERE trace_key = ?',
  );
  const tracesOf = database.prepare(
    `SELECT ${COLUMNS.join(', ')}, 0 AS estimated_count FROM traces WHERE session_key = ?`,
  );
  const values = COLUMNS.map((column) => `${column} = ?`).join(', ');
  const setTrace = database.prepare(`UPDATE traces SET ${values} WHERE trace_key = ?`);
  const setSession = database.prepare(`UPDATE sessions SET ${values} WHERE session_key = ?`);
  for (const trace of traces) {
    const facts = (observationsOf.all(trace) as CountedRow[]).map(toFacts);
    setTrace.run(...valuesOf({ ...sumTotals(facts.map(totalsOf)), ...spendOfTrace(facts).total }), trace);
    const { key } = sessionOf.get(trace) as { key: number | null };
    if (key !== null) sessions.add(key);
  }
  for (const session of sessions) {
    const parts = (tracesOf.all(session) as TotalsRow[]).map(readTotals);
    setSession.run(...valuesOf(sumTotals(parts)), session);
  }
}

function valuesOf(totals: Totals): number[] {
  return FIELDS.map((field) => totals[field]);
}

interface CountedRow {
  readonly observation_id: string;
  readonly parent_id: string | null;
  readonly type: ObservationType;
  readonly model: string | null;
  readonly level: ObservationLevel;
  readonly usage: string;
  readonly cost: string;
}

function toFacts(row: CountedRow): SpendFacts & { readonly level: ObservationLevel } {
  const { level, model, type } = row;
  return {
    ...{ id: row.observation_id, parentId: row.parent_id, type, model, level },
    usage: readNumbers(row.usage),
    cost: readNumbers(row.cost),
    ...{ costEstimated: false, scope: null, responseId: null, startMs: 0, endMs: null },
  };
}
