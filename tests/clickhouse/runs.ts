/**
 * Runs of each property: a write is a dozen queries of some milliseconds. `POWERRAG_CLICKHOUSE_RUNS` asks for more, as before a
 * change of the layout.
 */
export const RUNS = Number(process.env.POWERRAG_CLICKHOUSE_RUNS ?? 8);
