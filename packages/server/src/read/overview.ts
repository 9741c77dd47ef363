import type { Overview, SessionSummary } from '@powerrag/protocol';
import { Hono } from 'hono';
import { defined } from '../base/defined.js';
import { badRequest } from '../base/http-errors.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { query, quote, text } from '../routes/query.js';
import { SESSION_FILTER_FIELDS, toSessionFilter } from '../routes/session-fields.js';
import type { SessionReader } from '../store/contract.js';
import type { SessionFilter } from '../store/session-filter.js';
import { overview } from './answers/overview.js';
import { overviewOf, type TraceTime } from './overview-figures.js';

const PER_PAGE = 100;
/** So many rows are read for an overview, however many match: its cost is bounded. */
const MOST_SESSIONS = 5_000;
const MOST_TRACES = 2_000;

/** What sessions come to, in all and by day, model, environment and tag. */
export function createOverviewApi(reader: SessionReader): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/overview',
    operation({
      summary: 'Read what sessions come to, in all and by day, model, environment and tag',
      description: `Counts the ${MOST_SESSIONS.toLocaleString('en-US')} latest sessions that match; \`isExact\` is false where there are more. Latencies are those of the ${MOST_TRACES.toLocaleString('en-US')} latest traces.`,
      tag: 'page',
      answer: overview,
    }),
    requireRight('read'),
    query({
      timeZone: text('Where a day begins and ends: a zone of the IANA database, such as Europe/Berlin. Default: UTC.'),
      ...SESSION_FILTER_FIELDS,
    }),
    async (context) => {
      const { timeZone = 'UTC', ...fields } = context.req.valid('query');
      const dayOf = daysIn(timeZone);
      const { projectId } = context.var.principal;
      const { sessions, isExact } = await latestSessions(reader, projectId, toSessionFilter(fields));
      const traces = await latestTraces(reader, projectId, sessions);
      return context.json({ ...overviewOf(sessions, traces, dayOf), isExact } satisfies Overview);
    },
  );
  return api;
}

/** How to write the day of a time in a zone. */
function daysIn(timeZone: string): (unixMs: number) => string {
  try {
    // Swedish writes a date as ISO 8601 does.
    const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short' });
    return (unixMs) => format.format(unixMs);
  } catch {
    throw badRequest(`timeZone must be a zone of the IANA database such as Europe/Berlin, got ${quote(timeZone)}.`);
  }
}

async function latestSessions(reader: SessionReader, projectId: string, filter: SessionFilter) {
  const sessions: SessionSummary[] = [];
  let cursor: string | null = null;
  do {
    const order = { sort: 'lastActivity', order: 'desc' } as const;
    const page = { limit: PER_PAGE, filter, ...order, ...defined({ cursor: cursor ?? undefined }) };
    const list = await reader.listSessions(projectId, page);
    sessions.push(...list.sessions);
    cursor = list.nextCursor;
  } while (cursor !== null && sessions.length < MOST_SESSIONS);
  return { sessions, isExact: cursor === null };
}

/** The latest traces from the time of the sessions. */
async function latestTraces(
  reader: SessionReader,
  projectId: string,
  sessions: readonly SessionSummary[],
): Promise<readonly TraceTime[]> {
  if (sessions.length === 0) return [];
  const fromMs = sessions.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY);
  const traces: TraceTime[] = [];
  for (let offset = 0; offset < MOST_TRACES; offset += PER_PAGE) {
    const page = await reader.listTraces(projectId, { limit: PER_PAGE, offset, fromMs, order: 'desc' });
    traces.push(...page.traces);
    if (page.traces.length < PER_PAGE) break;
  }
  return traces;
}
