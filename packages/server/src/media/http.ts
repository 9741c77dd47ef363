import { type Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import * as v from 'valibot';
import { badRequest, notFound } from '../base/http-errors.js';
import type { Log } from '../base/log.js';
import { readBody } from '../ingest/body.js';
import { InvalidField, JsonFields } from '../ingest/json-fields.js';
import type { MemoryBudget } from '../ingest/memory-budget.js';
import { headersOf, toRefusal } from '../ingest/otlp-endpoint.js';
import type { IngestLimits } from '../otlp/limits.js';
import { operation } from '../routes/operation.js';
import { requireRight, type ServerEnv } from '../routes/principal.js';
import { type Media, type MediaStore, mediaIdOf, type StoredMedia } from '../store/media.js';
import { isShown, mimeTypeOf } from './mime-types.js';
import { SignedUrls } from './signed-urls.js';

export interface MediaDeps {
  readonly media: MediaStore;
  readonly limits: IngestLimits;
  readonly log: Log;
  readonly budget: MemoryBudget;
}

/** Where the bytes of media are served, followed by the id. */
const MEDIA_PATH = '/api/v1/media';

const MEDIA_ID = /^[\w-]{22}$/;

/** Nothing in media may run, load or send anything, wherever it is opened. */
const POLICY = {
  'content-security-policy': "default-src 'none'; sandbox",
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  // The id says the bytes.
  'cache-control': 'private, max-age=31536000, immutable',
};

const BYTES = operation({
  summary: 'Read the bytes of media',
  description: 'With keys; or without, at the `url` of `GET /api/public/media/{id}` until its `urlExpiry`.',
  tag: 'media',
  answer: ['*/*'],
  errors: [404],
});
const UPLOAD = operation({
  summary: 'Upload the bytes of media',
  description: 'At the `uploadUrl` of `POST /api/public/media`, whose query is the permission.',
  tag: 'media',
  body: ['*/*'],
  status: 200,
  errors: [413, 503],
  isOpen: true,
});

const uploadAnswer = v.object({
  mediaId: v.string(),
  uploadUrl: v.nullable(
    v.pipe(v.string(), v.description('Where to PUT the bytes; null when they are stored already.')),
  ),
});
/** A media record of the Langfuse API. */
export const mediaAnswer = v.object({
  mediaId: v.string(),
  contentType: v.string(),
  contentLength: v.pipe(v.number(), v.description('Bytes.')),
  uploadedAt: v.pipe(
    v.string(),
    v.description('When it was first stored; 1970 where that is not known, for media stored by an older server.'),
  ),
  url: v.pipe(v.string(), v.description('Where the bytes are served without keys until `urlExpiry`.')),
  urlExpiry: v.string(),
});

/**
 * Media: uploaded as Langfuse's SDKs do it, and served.
 *
 * @returns `signed` answers addresses that carry their permission, and goes before the authentication; `keyed` needs a principal.
 */
export function createMedia({ media, limits, log, budget }: MediaDeps, urls = new SignedUrls()) {
  const find = async (projectId: string, id: string): Promise<StoredMedia> => {
    const found = MEDIA_ID.test(id) ? await media.readMedia(projectId, id) : null;
    if (found === null) throw notFound(`There is no media ${JSON.stringify(id.slice(0, 100))}.`);
    return found;
  };

  const signed = new Hono();
  signed.get(`${MEDIA_PATH}/:id`, BYTES, async (context, next) => {
    const { id } = context.req.param();
    const { project = '', expires, signature } = context.req.query();
    return urls.isValid(['get', project, id], expires, signature) ? serve(context, await find(project, id)) : next();
  });
  signed.put('/api/public/media/upload/:id', UPLOAD, async (context) => {
    const { id } = context.req.param();
    const { project = '', contentType = '', expires, signature } = context.req.query();
    if (!urls.isValid(['put', project, id, contentType], expires, signature)) {
      throw new HTTPException(403, { message: 'This upload is not allowed, or no longer: ask for a new address.' });
    }
    const share = budget.open();
    try {
      const bytes = await readBody(context.req.raw, { ...limits, wireBytes: limits.inflatedBytes }, share);
      if (mediaIdOf(bytes) !== id) throw badRequest('The bytes do not have the SHA-256 that was announced.');
      await media.writeMedia(project, [{ id, contentType, bytes }]);
      return context.body(null, 200);
    } finally {
      share.release();
    }
  });

  const keyed = new Hono<ServerEnv>();
  const [canRead, canWrite] = [requireRight('read'), requireRight('write')];
  keyed.get(`${MEDIA_PATH}/:id`, BYTES, canRead, async (context) =>
    serve(context, await find(context.var.principal.projectId, context.req.param('id'))),
  );
  keyed.post(
    '/api/public/media',
    operation({
      summary: 'Announce an upload of media',
      tag: 'media',
      body: ['application/json'],
      answer: uploadAnswer,
      errors: [413, 503],
    }),
    canWrite,
    async (context) => {
      const { projectId } = context.var.principal;
      const share = budget.open();
      try {
        const bytes = await readBody(context.req.raw, { ...limits, wireBytes: 65_536 }, share);
        const { mediaId, contentType } = readAnnouncement(new JsonFields(parse(bytes), 'body'), limits);
        if ((await media.readMedia(projectId, mediaId)) !== null) {
          return context.json({ mediaId, uploadUrl: null });
        }
        const { query } = urls.sign(['put', projectId, mediaId, contentType]);
        const named = new URLSearchParams({ project: projectId, contentType });
        const path = `/api/public/media/upload/${mediaId}?${named}&${query}`;
        return context.json({ mediaId, uploadUrl: `${originOf(context)}${path}` });
      } finally {
        share.release();
      }
    },
  );
  // How the upload went; the server knows, since it was here.
  keyed.patch(
    '/api/public/media/:id',
    operation({ summary: 'Report how an upload went: ignored', tag: 'media', status: 204 }),
    canWrite,
    (context) => context.body(null, 204),
  );
  keyed.get(
    '/api/public/media/:id',
    operation({ summary: 'Find media', tag: 'media', answer: mediaAnswer, errors: [404] }),
    canRead,
    async (context) => {
      const { projectId } = context.var.principal;
      const { id, contentType, bytes, storedMs } = await find(projectId, context.req.param('id'));
      const { query, expiresMs } = urls.sign(['get', projectId, id]);
      const url = `${MEDIA_PATH}/${id}?${new URLSearchParams({ project: projectId })}&${query}`;
      return context.json({
        ...{ mediaId: id, contentType, contentLength: bytes.byteLength },
        uploadedAt: new Date(storedMs ?? 0).toISOString(),
        ...{ url: `${originOf(context)}${url}`, urlExpiry: new Date(expiresMs).toISOString() },
      });
    },
  );

  const onError = (error: unknown, context: Context) => {
    if (error instanceof HTTPException) return context.json({ message: error.message }, error.status);
    if (error instanceof InvalidField) return context.json({ message: error.message }, 400);
    const refusal = toRefusal(error, log);
    return context.json({ message: refusal.message }, refusal.status, headersOf(refusal));
  };
  return { signed: signed.onError(onError), keyed: keyed.onError(onError) };
}

/** What the body of an announcement says. Throws `InvalidField`. */
function readAnnouncement(body: JsonFields, limits: IngestLimits) {
  const contentType = mimeTypeOf(body.required('contentType'));
  if (contentType === null) throw new InvalidField('body.contentType must be a MIME type such as image/png.');
  const hash = Buffer.from(body.required('sha256Hash'), 'base64');
  if (hash.length !== 32) throw new InvalidField('body.sha256Hash must be a SHA-256 in base64.');
  if ((body.number('contentLength') ?? 0) > limits.inflatedBytes) {
    throw new InvalidField(`body.contentLength must be at most ${limits.inflatedBytes} bytes.`);
  }
  return { contentType, mediaId: hash.toString('base64url').slice(0, 22) };
}

function serve(context: Context, { id, contentType, bytes }: Media): Response {
  const shown = isShown(contentType);
  return context.body(new Uint8Array(bytes), 200, {
    ...POLICY,
    'content-type': shown ? contentType : 'application/octet-stream',
    'content-disposition': shown ? 'inline' : `attachment; filename="${id}"`,
  });
}

function parse(body: Uint8Array) {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch (error) {
    throw badRequest(`The body is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** As the client reaches this server; a proxy in front may have ended its TLS. */
function originOf(context: Context): string {
  const { protocol, host } = new URL(context.req.url);
  return `${context.req.header('x-forwarded-proto') === 'https' ? 'https:' : protocol}//${host}`;
}
