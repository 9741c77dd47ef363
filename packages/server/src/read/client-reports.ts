import { Hono } from 'hono';
import type { ClientReports } from '../clients/client-reports.js';

/** What clients say they have lost: the latest report of each, the latest heard of first. Empty after a restart of the server. */
export function createClientReportsApi(reports: ClientReports, projectId: string): Hono {
  const api = new Hono();
  api.get('/client-reports', (context) => context.json({ data: reports.list(projectId) }));
  return api;
}
