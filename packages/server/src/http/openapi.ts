import { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { operation, TAGS } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import { json } from '../routes/schema.js';

/** Where the OpenAPI document is served. */
const OPENAPI_PATH = '/api/openapi.json';

/**
 * Serves the OpenAPI 3.1 document of an application's routes, made at the first request.
 *
 * @param app has all routes by then.
 */
export function createOpenApi(app: Hono<ServerEnv>, version: string): Hono<ServerEnv> {
  const api = new Hono<ServerEnv>();
  let document: ReturnType<typeof generateSpecs> | undefined;
  api.get(OPENAPI_PATH, operation({ summary: 'This document', tag: 'server', answer: json }), async (context) => {
    document ??= generateSpecs(app, {
      documentation: {
        info: {
          title: 'PowerRAG server',
          version,
          description: 'Takes traces as OTLP and answers with sessions, traces and observations.',
          license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
        },
        servers: [{ url: '/' }],
        tags: Object.values(TAGS).map((name) => ({ name })),
        security: [{ keys: [] }, {}],
        components: {
          securitySchemes: {
            keys: {
              type: 'http',
              scheme: 'basic',
              description: 'Public and secret key. Not needed when the server has none and is on the same machine.',
            },
          },
        },
      },
      // The document's own name looks like that of a file.
      excludeStaticFile: false,
      defaultValidationErrorResponse: false,
    });
    return context.json(await document);
  });
  return api;
}
