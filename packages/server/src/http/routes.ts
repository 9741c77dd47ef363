import { Hono } from 'hono';
import { compress } from 'hono/compress';
import * as v from 'valibot';
import { ClientReports } from '../clients/client-reports.js';
import { createIngest, type IngestDeps } from '../ingest/http.js';
import type { Changes } from '../live/changes.js';
import { createClientReportsApi } from '../read/client-reports.js';
import { createReadApi } from '../read/index.js';
import { operation } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import type { SessionReader } from '../store/contract.js';
import { OPEN_PATHS } from './authentication.js';
import { createLangfuseHelpers } from './langfuse-helpers.js';
import { createOpenApi } from './openapi.js';
import { createPageRoutes, type PageFiles } from './page.js';

export interface RoutesDeps extends IngestDeps {
  readonly reader: SessionReader;
  /** Changes of what is stored. */
  readonly changes: Changes;
  /** The files of the page; null when it has not been built. */
  readonly page: PageFiles | null;
  readonly version: string;
  /** Why nothing can be stored now, for a client to read; null when all is well. Default: all is well. */
  readonly trouble?: () => string | null;
}

/** Every route of the server. Needs a principal (`ServerEnv`); who gets one is decided before. */
export function createRoutes(deps: RoutesDeps): Hono<ServerEnv> {
  const { reader, changes, page, version, log } = deps;
  const app = new Hono<ServerEnv>();
  const clientReports = new ClientReports({ log });

  for (const path of OPEN_PATHS) {
    app.get(path, (context, next) => {
      const message = deps.trouble?.() ?? null;
      return message === null ? next() : context.json({ status: 'failing', version, message }, 503);
    });
  }
  app.route('/', createIngest({ ...deps, writer: changes.of(deps.writer), clientReports }));

  // Answers of the ingest routes are small, and exporters do not ask for compressed ones. An event stream is never compressed.
  app.use(compress());
  app.get(
    '/health',
    operation({
      summary: 'Whether the server is up and can store',
      tag: 'server',
      answer: v.object({ status: v.literal('ok'), version: v.string() }),
      errors: [503],
      isOpen: true,
    }),
    (context) => context.json({ status: 'ok', version }),
  );
  app.route('/', createLangfuseHelpers(version));
  app.route('/', createReadApi({ reader, changes }));
  app.route('/api/v1', createClientReportsApi(clientReports));
  app.route('/', createOpenApi(app, version));
  app.route('/', createPageRoutes(page));
  return app;
}
