import type { MiddlewareHandler } from 'hono';
import { describeRoute, resolver } from 'hono-openapi';
import * as v from 'valibot';

/** The parts of the API, as the OpenAPI document groups them. */
export const TAGS = {
  ingest: 'Send traces',
  annotations: 'Scores and comments',
  media: 'Media',
  page: 'What the page reads',
  langfuse: 'What Langfuse clients read',
  deletion: 'Delete',
  server: 'The server',
} as const;

/** The body of every error. */
const errorSchema = v.pipe(
  v.object({ message: v.pipe(v.string(), v.description('What is wrong and what to do, for people.')) }),
  v.metadata({ ref: 'Error' }),
);

const ERRORS = {
  400: 'The request is not valid; the message names the field.',
  401: 'Keys are missing or wrong.',
  403: 'The keys lack the right, or the request comes from elsewhere.',
  404: 'There is no such thing.',
  405: 'The path takes another method.',
  413: 'The request is too large.',
  415: 'The content type or encoding is not supported.',
  500: 'The server failed; see its log.',
  503: 'Not now; `Retry-After` says when.',
} as const;

const SUCCESSES = {
  200: 'OK',
  202: 'Accepted.',
  204: 'No content.',
  207: 'Taken; the answer says of each part whether it was.',
} as const;

export interface Operation {
  /** One line. */
  readonly summary: string;
  readonly description?: string;
  readonly tag: keyof typeof TAGS;
  /** What the answer holds: a schema for JSON, or the media types of anything else. Default: nothing. */
  readonly answer?: v.GenericSchema | readonly string[];
  /** Status of the answer. Default: 200 for a route with an `answer`, none without. */
  readonly status?: keyof typeof SUCCESSES;
  /** Errors of its own. 400, 401, 403 and 500 are always there. */
  readonly errors?: readonly (keyof typeof ERRORS)[];
  /** Media types of the body, which is then required. */
  readonly body?: readonly string[];
  /** Parameters that no `query` describes. */
  readonly parameters?: readonly { readonly name: string; readonly in: 'query'; readonly description: string }[];
  /** Answers without keys. */
  readonly isOpen?: boolean;
}

/** Describes a route in `/api/openapi.json`. Every route of the API has one; a test holds that. */
export function operation(about: Operation): MiddlewareHandler {
  const { summary, description, tag, answer, status, errors = [], body, parameters, isOpen } = about;
  const statuses = [...new Set([...(isOpen ? [] : ([401] as const)), 400, 403, 500, ...errors] as const)];
  const error = (status: keyof typeof ERRORS) => ({
    description: ERRORS[status],
    content: { 'application/json': { schema: resolver(errorSchema) } },
  });
  return describeRoute({
    summary,
    ...(description !== undefined && { description }),
    tags: [TAGS[tag]],
    ...(isOpen && { security: [] }),
    ...(parameters && {
      parameters: parameters.map((each) => ({ ...each, required: true, schema: { type: 'string' as const } })),
    }),
    ...(body && { requestBody: { required: true, content: Object.fromEntries(body.map((type) => [type, {}])) } }),
    responses: {
      ...((answer || status) && {
        [status ?? 200]: { description: SUCCESSES[status ?? 200], ...(answer && { content: contentOf(answer) }) },
      }),
      ...Object.fromEntries(statuses.map((code) => [code, error(code)])),
      // Node answers it, before any route and without a body.
      431: { description: 'The address and the headers are over 16 KiB together; send fewer or shorter values.' },
    },
  });
}

function contentOf(answer: v.GenericSchema | readonly string[]) {
  return 'kind' in answer
    ? { 'application/json': { schema: resolver(answer) } }
    : Object.fromEntries(answer.map((type) => [type, {}]));
}
