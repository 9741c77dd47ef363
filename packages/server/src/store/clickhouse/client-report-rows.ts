import { type ClientReportStore, droppedIn, MAX_CLIENTS, type ReceivedClientReport } from '../client-reports.js';
import { IN_PROJECT } from './conditions.js';
import type { Connection } from './connection.js';

interface ReportRow {
  readonly report: string;
  readonly first: number;
  readonly last: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;

export function clientReportRows(connection: Connection): ClientReportStore {
  return {
    writeClientReports: (projectId, reports) =>
      connection.insert(
        'client_reports',
        reports.map((report) => ({
          ...{ project_id: projectId, client_id: report.id },
          latest: [droppedIn(report), report.lastSeenMs, JSON.stringify(report)],
          ...{ first_seen_ms: report.firstSeenMs, last_seen_ms: report.lastSeenMs },
          day: Math.floor(report.lastSeenMs / DAY_MS),
        })),
      ),
    listClientReports: async (projectId) => {
      const rows = await connection.query<ReportRow>(
        `SELECT max(latest).3 AS report, min(first_seen_ms) AS first, max(last_seen_ms) AS last FROM client_reports
          WHERE ${IN_PROJECT} GROUP BY client_id ORDER BY last DESC, client_id LIMIT ${MAX_CLIENTS}`,
        { project: projectId },
      );
      return rows.map(({ report, first, last }) => ({
        ...(JSON.parse(report) as ReceivedClientReport),
        ...{ firstSeenMs: first, lastSeenMs: last },
      }));
    },
  };
}
