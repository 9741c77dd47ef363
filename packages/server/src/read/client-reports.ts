import { Hono } from 'hono';
import type { ClientReports } from '../clients/client-reports.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { clientReports } from './answers/client-reports.js';

/** The latest report of each client, most recent first. A server that shares no store keeps them in memory: empty after a restart. */
export function createClientReportsApi(reports: ClientReports): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  api.get(
    '/client-reports',
    operation({ summary: 'List what exporters report of themselves', tag: 'page', answer: clientReports }),
    requireRight('read'),
    async (context) => context.json({ data: await reports.list(context.var.principal.projectId) }),
  );
  return api;
}
