import { Hono } from 'hono';
import { generateSpecs } from 'hono-openapi';
import { operation, TAGS } from '../routes/operation.js';
import type { ServerEnv } from '../routes/principal.js';
import { json } from '../routes/schema.js';

/** Where the OpenAPI document is served. */
const OPENAPI_PATH = '/api/openapi.json';

/**
 * Serves the OpenAPI 3.1 document of all routes of these applications, built at the first request.
 *
 * @param apps the applications before and behind authentication, which must have all their routes by then.
 */
export function createOpenApi(apps: readonly [Hono, Hono<ServerEnv>], version: string): Hono<ServerEnv> {
  const [signed, keyed] = apps;
  const api = new Hono<ServerEnv>();
  let document: ReturnType<typeof generateSpecs> | undefined;
  api.get(OPENAPI_PATH, operation({ summary: 'This document', tag: 'server', answer: json }), async (context) => {
    document ??= generateSpecs(new Hono().route('/', signed).route('/', keyed), {
      documentation: {
        info: {
          title: 'PowerRAG server',
          version,
          description:
            'Takes traces and logs as OTLP, and the batches of Langfuse SDKs; answers with sessions, traces and observations.',
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
      // Without this, the path of the document would count as a file.
      excludeStaticFile: false,
      defaultValidationErrorResponse: false,
    });
    return context.json(await document);
  });
  return api;
}
