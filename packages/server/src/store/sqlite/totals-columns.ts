import { TOTALS_FIELDS, type Totals } from '../totals.js';

/** The columns in which `sessions` and `traces` keep their totals. */
const COLUMNS = {
  observationCount: 'observation_count',
  errorCount: 'error_count',
  inputTokens: 'input_tokens',
  outputTokens: 'output_tokens',
  totalTokens: 'total_tokens',
  costNano: 'cost_nano',
  costCount: 'cost_count',
  estimatedCount: 'estimated_count',
} as const satisfies Record<keyof Totals, string>;

export type TotalsRow = { readonly [Field in keyof Totals as (typeof COLUMNS)[Field]]: number };

/** For the column list of a statement; `totalsValues` gives the values in this order. */
export const TOTALS_COLUMNS: readonly string[] = TOTALS_FIELDS.map((field) => COLUMNS[field]);

export function totalsValues(totals: Totals): number[] {
  return TOTALS_FIELDS.map((field) => totals[field]);
}

export function readTotals(row: TotalsRow): Totals {
  return {
    observationCount: row.observation_count,
    errorCount: row.error_count,
    inputTokens: row.input_tokens,
    outputTokens: row.output_tokens,
    totalTokens: row.total_tokens,
    costNano: row.cost_nano,
    costCount: row.cost_count,
    estimatedCount: row.estimated_count,
  };
}
