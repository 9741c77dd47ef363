import type { Overview, OverviewFigures, OverviewRow, SessionSummary } from '@powerrag/protocol';

/** Rows of a kind, at most; those with the most sessions are kept. */
const MOST_ROWS = 20;

/** How long a trace of a session took. */
export interface TraceTime {
  readonly sessionId?: string | null;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * What sessions come to, in all and by what they have in common.
 *
 * @param traces of these sessions or of others, which are left out.
 * @param dayOf the day of a time, such as `2026-01-31`.
 */
export function overviewOf(
  sessions: readonly SessionSummary[],
  traces: readonly TraceTime[],
  dayOf: (unixMs: number) => string,
): Omit<Overview, 'isExact'> {
  const times = new Map<string, number[]>(sessions.map(({ id }) => [id, []]));
  let measuredTraceCount = 0;
  for (const { sessionId, startMs, endMs } of traces) {
    const ofSession = sessionId == null ? undefined : times.get(sessionId);
    if (ofSession === undefined) continue;
    ofSession.push(endMs - startMs);
    measuredTraceCount++;
  }
  const rows = (valuesOf: (session: SessionSummary) => readonly string[]) => rowsBy(sessions, times, valuesOf);
  const most = (all: OverviewRow[]) =>
    all.toSorted((a, b) => b.sessionCount - a.sessionCount || compare(a.value, b.value)).slice(0, MOST_ROWS);
  return {
    total: figuresOf(sessions, times),
    days: rows(({ startMs }) => [dayOf(startMs)]).toSorted((a, b) => compare(a.value, b.value)),
    models: most(rows(({ models }) => models)),
    environments: most(rows(({ environment }) => (environment === null ? [] : [environment]))),
    tags: most(rows(({ tags }) => tags)),
    measuredTraceCount,
  };
}

type Times = ReadonlyMap<string, readonly number[]>;

function rowsBy(
  sessions: readonly SessionSummary[],
  times: Times,
  valuesOf: (session: SessionSummary) => readonly string[],
): OverviewRow[] {
  const byValue = new Map<string, SessionSummary[]>();
  for (const session of sessions) {
    for (const value of new Set(valuesOf(session))) {
      const before = byValue.get(value);
      if (before === undefined) byValue.set(value, [session]);
      else before.push(session);
    }
  }
  return [...byValue].map(([value, some]) => ({ value, ...figuresOf(some, times) }));
}

function figuresOf(sessions: readonly SessionSummary[], times: Times): OverviewFigures {
  const users = new Set(sessions.flatMap(({ userIds }) => userIds));
  const costs = sessions.flatMap(({ totalCost }) => (totalCost === null ? [] : [totalCost]));
  const sum = (numbers: readonly number[]) => numbers.reduce((a, b) => a + b, 0);
  const latencies = sessions.flatMap(({ id }) => times.get(id) ?? []).toSorted((a, b) => a - b);
  return {
    sessionCount: sessions.length,
    userCount: users.size,
    failedSessionCount: sessions.filter(({ errorCount }) => errorCount > 0).length,
    errorCount: sum(sessions.map(({ errorCount }) => errorCount)),
    totalTokens: sum(sessions.map(({ totalTokens }) => totalTokens)),
    totalCost: costs.length === 0 ? null : sum(costs),
    latencyP50Ms: percentile(latencies, 0.5),
    latencyP95Ms: percentile(latencies, 0.95),
  };
}

/** The nearest rank of values in order; null of none. */
function percentile(values: readonly number[], share: number): number | null {
  return values[Math.ceil(values.length * share) - 1] ?? null;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
